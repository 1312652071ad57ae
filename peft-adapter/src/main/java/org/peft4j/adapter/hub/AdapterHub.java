package org.peft4j.adapter.hub;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.peft4j.core.Adapter;
import org.peft4j.core.AdapterFormat;
import org.peft4j.core.BaseModel;
import org.peft4j.core.ForeignAdapter;
import org.peft4j.core.files.AtomicFiles;
import org.peft4j.core.files.JsonFields;

/**
 * The format of the {@code adapters} library (AdapterHub, Poth et al. 2023) for bottleneck adapters
 * and fusions: {@code adapter_config.json} and {@code adapter.safetensors}, or {@code
 * adapter_fusion_config.json} and {@code model_adapter_fusion.safetensors}, with a task's head in
 * {@code head_config.json} and {@code model_head.safetensors}. {@link
 * org.peft4j.core.PeftModel#load} opens such directories by itself; to write one:
 *
 * <pre>{@code
 * model.save("sentiment", directory, new AdapterHub());
 * }</pre>
 *
 * <p>A head is read where the base has modules of the same names. The heads that AdapterHub's own
 * model classes add ({@code heads.NAME…}) have no counterpart: they are left, with a warning.
 */
public final class AdapterHub implements AdapterFormat {

    /** Prepares to read and write. */
    public AdapterHub() {}

    @Override
    public boolean recognises(Path directory) {
        return kind(directory).isPresent();
    }

    private static Optional<HubKind> kind(Path directory) {
        return Arrays.stream(HubKind.values())
                .filter(kind -> Files.isRegularFile(directory.resolve(kind.config)))
                .filter(kind -> isHubs(JsonFields.read(directory.resolve(kind.config))))
                .findFirst();
    }

    private static boolean isHubs(JsonFields json) {
        return !json.has("peft_type") && json.has("config") && json.has("model_type");
    }

    @Override
    public ForeignAdapter read(Path directory, BaseModel base) {
        HubKind kind =
                kind(directory)
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                directory + " is none of AdapterHub's"));
        return AtomicFiles.readTogether(
                directory, kind.files(), () -> new HubReader(directory, kind, base).read());
    }

    @Override
    public void write(Path directory, BaseModel base, Adapter adapter) {
        new HubWriter(base, adapter).write(directory);
    }
}
