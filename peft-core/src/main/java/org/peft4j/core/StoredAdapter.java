package org.peft4j.core;

import java.util.Optional;
import org.peft4j.core.files.AdapterDirectory;

/**
 * The files that an adapter is loaded from.
 *
 * @param directory the opened directory
 * @param weights {@code adapter_model.safetensors}
 * @param encoder {@code prompt_encoder.safetensors}, where there is one and training needs it
 * @param isForTraining whether the adapter is loaded to go on training it
 */
record StoredAdapter(
        AdapterDirectory directory,
        StoredTensors weights,
        Optional<StoredTensors> encoder,
        boolean isForTraining) {

    static StoredAdapter of(AdapterDirectory directory, BaseModel base, boolean isForTraining) {
        return new StoredAdapter(
                directory,
                new StoredTensors(base, directory.weights()),
                directory.encoder().map(file -> new StoredTensors(base, file)),
                isForTraining);
    }

    /** Returns the encoder's file, without which the adapter cannot be trained further. */
    StoredTensors requireEncoder() {
        return encoder.orElseThrow(
                () ->
                        new BadFileException(
                                directory.path(),
                                "has no "
                                        + AdapterDirectory.ENCODER
                                        + ", so the encoder that this adapter was trained with is"
                                        + " lost (Python's peft does not keep it)",
                                "Restore that file, or load the adapter with load and"
                                        + " setTrainable(true) to train what the encoder made"));
    }
}
