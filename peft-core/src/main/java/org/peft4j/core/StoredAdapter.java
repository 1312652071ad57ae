package org.peft4j.core;

import java.nio.file.Path;
import java.util.Optional;
import org.peft4j.core.files.AdapterDirectory;
import org.peft4j.core.files.AdapterTensors;
import org.peft4j.core.files.JsonFields;

/**
 * The files that an adapter is loaded from.
 *
 * @param path the directory
 * @param config {@code adapter_config.json}
 * @param weights {@code adapter_model.safetensors}
 * @param encoder {@code prompt_encoder.safetensors}, where there is one and training needs it
 * @param isForTraining whether the adapter is loaded to go on training it
 */
record StoredAdapter(
        Path path,
        JsonFields config,
        StoredTensors weights,
        Optional<StoredTensors> encoder,
        boolean isForTraining) {

    static StoredAdapter of(AdapterDirectory directory, BaseModel base, boolean isForTraining) {
        return new StoredAdapter(
                directory.path(),
                directory.configFields(),
                new StoredTensors(base, AdapterTensors.of(directory.weights())),
                directory.encoder().map(file -> new StoredTensors(base, AdapterTensors.of(file))),
                isForTraining);
    }

    static StoredAdapter of(ForeignAdapter adapter, BaseModel base, boolean isForTraining) {
        return new StoredAdapter(
                adapter.path(),
                adapter.config(),
                new StoredTensors(base, adapter.tensors()),
                Optional.empty(),
                isForTraining);
    }

    /** Returns the encoder's file, without which the adapter cannot be trained further. */
    StoredTensors requireEncoder() {
        return encoder.orElseThrow(
                () ->
                        new BadFileException(
                                path,
                                "has no "
                                        + AdapterDirectory.ENCODER
                                        + ", so the encoder that this adapter was trained with is"
                                        + " lost (Python's peft does not keep it)",
                                "Restore that file, or load the adapter with load and"
                                        + " setTrainable(true) to train what the encoder made"));
    }
}
