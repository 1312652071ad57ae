package org.peft4j.train.optim;

import java.nio.ByteBuffer;
import org.peft4j.core.BadFileException;
import org.peft4j.core.files.SafetensorsFile;
import org.peft4j.core.files.TensorEntry;

/** Refuses FLOAT32 numbers that no training has written: one NaN would spoil every parameter. */
public final class StoredNumbers {

    private StoredNumbers() {}

    /** What a number must be. */
    private interface Rule {
        boolean holds(float value);
    }

    /**
     * Refuses NaN and infinity.
     *
     * @param file holds the tensor
     * @param entry the tensor, F32
     * @throws BadFileException that names the file, the tensor and the number
     */
    public static void requireFinite(SafetensorsFile file, TensorEntry entry) {
        require(file, entry, Float::isFinite, "which is not finite");
    }

    /** Refuses what no mean of squares can be. */
    static void requireNotNegative(SafetensorsFile file, TensorEntry entry) {
        require(
                file,
                entry,
                value -> Float.isFinite(value) && value >= 0,
                "which no mean of squares can be");
    }

    /** Refuses what no count can be. */
    static void requireCount(SafetensorsFile file, TensorEntry entry) {
        require(
                file,
                entry,
                value -> Float.isFinite(value) && value >= 0 && value == Math.rint(value),
                "which is no number of steps");
    }

    private static void require(SafetensorsFile file, TensorEntry entry, Rule rule, String fault) {
        ByteBuffer bytes = file.read(entry);
        for (int i = bytes.position(); i < bytes.limit(); i += Float.BYTES) {
            float value = bytes.getFloat(i);
            if (!rule.holds(value)) {
                throw new BadFileException(
                        file.path(),
                        entry.name() + " holds " + value + ", " + fault,
                        "Resume from an earlier checkpoint");
            }
        }
    }
}
