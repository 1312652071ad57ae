package org.peft4j.train.checkpoint;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.peft4j.core.Adapter;
import org.peft4j.core.BadFileException;
import org.peft4j.core.files.AtomicFileGroup;
import org.peft4j.core.files.SafetensorsFile;
import org.peft4j.core.files.SafetensorsWriter;
import org.peft4j.core.files.StoredType;
import org.peft4j.core.files.TensorEntry;
import org.peft4j.core.files.TensorSource;
import org.peft4j.core.ops.DType;
import org.peft4j.core.ops.OperatorDoor;
import org.peft4j.core.ops.Tensor;
import org.peft4j.train.optim.StoredNumbers;

/** What adapters remember between steps besides their parameters, such as running averages. */
final class AdapterState {

    private static final String FILE = "adapter_state.safetensors";

    private final OperatorDoor door;
    private final Map<Tensor, Saved> saved;

    private record Saved(SafetensorsFile file, TensorEntry entry) {}

    private AdapterState(OperatorDoor door, Map<Tensor, Saved> saved) {
        this.door = door;
        this.saved = saved;
    }

    /** Adds the file to a group, if any adapter remembers anything. */
    static void addTo(AtomicFileGroup group, List<Adapter> adapters, OperatorDoor door) {
        List<TensorSource> sources = new ArrayList<>();
        live(adapters)
                .forEach(
                        (name, tensor) ->
                                sources.add(
                                        TensorSource.of(
                                                name,
                                                StoredType.F32,
                                                tensor.shape().getShape(),
                                                () -> door.weights().toBytes(tensor))));
        if (!sources.isEmpty()) {
            group.add(FILE, SafetensorsWriter.body(sources, Map.of()));
        }
    }

    /** Finds and checks everything, and changes nothing. */
    static AdapterState read(Path directory, List<Adapter> adapters, OperatorDoor door) {
        Map<Tensor, Saved> saved = new LinkedHashMap<>();
        Map<String, Tensor> live = live(adapters);
        if (live.isEmpty()) {
            return new AdapterState(door, saved);
        }
        SafetensorsFile file = SafetensorsFile.open(directory.resolve(FILE));
        live.forEach(
                (name, tensor) -> {
                    TensorEntry entry = file.entry(name);
                    if (entry.type() != StoredType.F32
                            || !Arrays.equals(entry.dimensions(), tensor.shape().getShape())) {
                        throw new BadFileException(
                                file.path(),
                                name + " has another shape than the adapter that is trained",
                                "Resume with the adapter that the checkpoint was made with");
                    }
                    StoredNumbers.requireFinite(file, entry);
                    saved.put(tensor, new Saved(file, entry));
                });
        return new AdapterState(door, saved);
    }

    void restore() {
        saved.forEach(
                (tensor, from) -> {
                    TensorEntry entry = from.entry();
                    try (Tensor value =
                            door.weights()
                                    .fromBytes(
                                            from.file().read(entry),
                                            DType.FLOAT32,
                                            entry.dimensions())) {
                        door.updates().assign(tensor, value);
                    }
                });
    }

    private static Map<String, Tensor> live(List<Adapter> adapters) {
        Map<String, Tensor> live = new LinkedHashMap<>();
        for (Adapter adapter : adapters) {
            adapter.hook()
                    .state()
                    .forEach((name, tensor) -> live.put(adapter.name() + "." + name, tensor));
        }
        return live;
    }
}
