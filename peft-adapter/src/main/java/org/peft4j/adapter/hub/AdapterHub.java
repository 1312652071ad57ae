package org.peft4j.adapter.hub;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.Adapter;
import org.peft4j.core.AdapterFormat;
import org.peft4j.core.BadFileException;
import org.peft4j.core.BaseModel;
import org.peft4j.core.ForeignAdapter;
import org.peft4j.core.PeftException;
import org.peft4j.core.files.AtomicFiles;
import org.peft4j.core.files.JsonFields;

/**
 * The format of the {@code adapters} library (AdapterHub, Poth et al. 2023) for bottleneck
 * adapters, prefixes, LoRA, unions of these, and fusions: {@code adapter_config.json} and {@code
 * adapter.safetensors}, or {@code adapter_fusion_config.json} and {@code
 * model_adapter_fusion.safetensors}, with a task's head in {@code head_config.json} and {@code
 * model_head.safetensors}. {@link org.peft4j.core.PeftModel#load} opens such directories by itself;
 * to write one:
 *
 * <pre>{@code
 * model.save("sentiment", directory, new AdapterHub());
 * }</pre>
 *
 * <p>A union (MAM, UniPELT) is several adapters in one directory here: {@link
 * org.peft4j.adapter.Union} loads and saves it.
 *
 * <p>A head is read where the base has modules of the same names, or where it computes what the
 * base's own head does, as most that AdapterHub's own model classes add ({@code heads.NAME…}) with
 * their usual settings. Others are left, with a warning. The head that is written has the names of
 * {@code transformers}' classes.
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
        return read(directory, base, null);
    }

    private static ForeignAdapter read(
            Path directory, BaseModel base, @Nullable HubArchitecture part) {
        HubKind kind = require(directory);
        return AtomicFiles.readTogether(
                directory, kind.files(), () -> new HubReader(directory, kind, base, part).read());
    }

    private static HubKind require(Path directory) {
        return kind(directory)
                .orElseThrow(
                        () ->
                                new BadFileException(
                                        directory,
                                        "is not in AdapterHub's format",
                                        "Name a directory that its save_adapter wrote"));
    }

    @Override
    public void write(Path directory, BaseModel base, Adapter adapter) {
        HubWriter.of(base, adapter).write(directory);
    }

    @Override
    public void writeUnion(Path directory, BaseModel base, String name, List<Adapter> parts) {
        HubWriter.of(base, name, parts).write(directory);
    }

    /**
     * Returns the parts of a union, by their architectures: {@code prefix_tuning}, {@code
     * bottleneck}, {@code lora}.
     *
     * @param directory holds a union, or one adapter, which is its only part then
     * @throws BadFileException if it is not in this format, or a part is of another architecture
     */
    public List<String> parts(Path directory) {
        return HubUnion.of(JsonFields.read(directory.resolve(require(directory).config))).names();
    }

    /**
     * Returns the format that reads one part of a union, as if it were alone there. The last part
     * has the task's head.
     *
     * @param name one of {@link #parts}
     */
    public AdapterFormat part(String name) {
        HubArchitecture architecture =
                HubArchitecture.named(name)
                        .orElseThrow(
                                () ->
                                        new PeftException(
                                                "AdapterHub has no architecture named "
                                                        + name
                                                        + " that is read here."));
        AdapterHub whole = this;
        return new AdapterFormat() {
            @Override
            public boolean recognises(Path directory) {
                return whole.recognises(directory);
            }

            @Override
            public ForeignAdapter read(Path directory, BaseModel base) {
                return AdapterHub.read(directory, base, architecture);
            }

            @Override
            public void write(Path directory, BaseModel base, Adapter adapter) {
                whole.write(directory, base, adapter);
            }
        };
    }
}
