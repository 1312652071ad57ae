package org.peft4j.train.optim;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.peft4j.core.BadFileException;
import org.peft4j.core.Parameter;
import org.peft4j.core.files.SafetensorsFile;
import org.peft4j.core.files.StoredType;
import org.peft4j.core.files.TensorEntry;
import org.peft4j.core.files.TensorSource;
import org.peft4j.core.ops.DType;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.ops.WeightOps;

/**
 * What AdamW remembers of one parameter; its parts are saved under the names that torch has for
 * them.
 *
 * @param first the running mean of the gradient
 * @param second the running mean of its square
 * @param step how many steps it has taken, 0-d
 */
record Moments(Tensor first, Tensor second, Tensor step) {

    private static final String FIRST = "exp_avg.";
    private static final String SECOND = "exp_avg_sq.";
    private static final String STEP = "step.";
    private static final String REMEDY =
            "Resume with the adapter that the checkpoint was made with, or from another checkpoint";

    static Moments zero(WeightOps ops, Tensor like) {
        long[] shape = like.shape().getShape();
        return new Moments(ops.zeros(shape), ops.zeros(shape), ops.zeros());
    }

    List<TensorSource> save(WeightOps ops, String name) {
        return List.of(
                source(ops, FIRST + name, first),
                source(ops, SECOND + name, second),
                source(ops, STEP + name, step));
    }

    private static TensorSource source(WeightOps ops, String name, Tensor tensor) {
        return TensorSource.of(
                name, StoredType.F32, tensor.shape().getShape(), () -> ops.toBytes(tensor));
    }

    /** Everything is checked before anything is made. */
    static Map<String, Moments> restore(
            WeightOps ops, SafetensorsFile file, Map<String, Parameter> parameters) {
        Map<String, Parameter> moved = new LinkedHashMap<>(parameters);
        moved.keySet().removeIf(name -> file.find(STEP + name).isEmpty());
        Set<String> unexpected = new TreeSet<>(file.entries().keySet());
        moved.forEach(
                (name, parameter) -> {
                    long[] shape = parameter.value().shape().getShape();
                    unexpected.remove(require(file, FIRST + name, shape));
                    unexpected.remove(require(file, SECOND + name, shape));
                    unexpected.remove(require(file, STEP + name));
                });
        if (!unexpected.isEmpty()) {
            throw new BadFileException(
                    file.path(),
                    "holds the state of parameters that are not being trained, such as "
                            + unexpected.iterator().next(),
                    REMEDY);
        }
        for (String name : moved.keySet()) {
            StoredNumbers.requireFinite(file, file.entry(FIRST + name));
            StoredNumbers.requireNotNegative(file, file.entry(SECOND + name));
            StoredNumbers.requireCount(file, file.entry(STEP + name));
        }
        Map<String, Moments> restored = new LinkedHashMap<>();
        moved.keySet()
                .forEach(
                        name ->
                                restored.put(
                                        name,
                                        new Moments(
                                                read(ops, file, FIRST + name),
                                                read(ops, file, SECOND + name),
                                                read(ops, file, STEP + name))));
        return restored;
    }

    private static String require(SafetensorsFile file, String name, long... shape) {
        TensorEntry entry = file.entry(name);
        if (entry.type() != StoredType.F32 || !Arrays.equals(entry.dimensions(), shape)) {
            throw new BadFileException(
                    file.path(),
                    name
                            + " is "
                            + entry.type()
                            + " "
                            + entry.shape()
                            + ", but its parameter needs F32 "
                            + Arrays.toString(shape),
                    REMEDY);
        }
        return name;
    }

    private static Tensor read(WeightOps ops, SafetensorsFile file, String name) {
        TensorEntry entry = file.entry(name);
        return ops.fromBytes(file.read(entry), DType.FLOAT32, entry.dimensions());
    }

    void close() {
        first.close();
        second.close();
        step.close();
    }
}
