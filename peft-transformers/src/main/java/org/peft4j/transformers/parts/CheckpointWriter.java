package org.peft4j.transformers.parts;

import java.nio.file.Path;
import java.util.Map;
import org.peft4j.core.BaseModel;
import org.peft4j.core.WeightOverlay;

/** Writes. */
final class CheckpointWriter {
    private CheckpointWriter() {}

    static void write(
            OpenedCheckpoint checkpoint,
            BaseModel base,
            Map<String, String> ties,
            Path directory,
            WeightOverlay changed) {
        throw new UnsupportedOperationException("not yet");
    }
}
