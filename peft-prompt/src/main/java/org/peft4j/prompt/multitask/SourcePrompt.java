package org.peft4j.prompt.multitask;

import java.nio.file.Path;
import java.util.Arrays;
import org.peft4j.core.AdapterBuilder;
import org.peft4j.core.BadFileException;
import org.peft4j.core.Initializer;
import org.peft4j.core.files.SafetensorsFile;
import org.peft4j.core.files.StoredType;
import org.peft4j.core.files.TensorEntry;
import org.peft4j.core.ops.DType;
import org.peft4j.core.ops.Tensor;
import org.peft4j.prompt.internal.SoftPrompt;

/** The values that a target task takes from the prompt of source tasks. */
final class SourcePrompt {

    private final SourceTasks source;
    private final AdapterBuilder builder;

    SourcePrompt(SourceTasks source, AdapterBuilder builder) {
        this.source = source;
        this.builder = builder;
    }

    /** The shared prompt as it is. */
    Initializer shared() {
        return (values, shape, random) -> {
            Stored stored = read(SoftPrompt.KEY, shape, 0);
            System.arraycopy(stored.values(), 0, values, 0, values.length);
        };
    }

    /** A task's factors; of one target task. */
    Initializer factors(String key) {
        return (values, shape, random) -> {
            Stored stored = read(key, shape, 1);
            int tasks = stored.values().length / values.length;
            switch (source.use()) {
                case EXACT_SOURCE_TASK -> {
                    if (source.task() < 0 || source.task() >= tasks) {
                        throw bad(
                                "has " + tasks + " tasks, but task " + source.task() + " is wanted",
                                "Choose a task from 0 to " + (tasks - 1));
                    }
                    System.arraycopy(
                            stored.values(),
                            source.task() * values.length,
                            values,
                            0,
                            values.length);
                }
                case AVERAGE_SOURCE_TASKS -> {
                    for (int i = 0; i < values.length; i++) {
                        double sum = 0;
                        for (int task = 0; task < tasks; task++) {
                            sum += stored.values()[task * values.length + i];
                        }
                        values[i] = (float) (sum / tasks);
                    }
                }
                case ONLY_SOURCE_SHARED ->
                        throw new IllegalStateException("factors are not taken from the source");
            }
        };
    }

    private record Stored(float[] values) {}

    /** Reads a tensor whose shape is the wanted one but for the first dimensions. */
    private Stored read(String key, long[] shape, int free) {
        SafetensorsFile file = SafetensorsFile.open(Path.of(source.path()));
        TensorEntry entry = file.entries().get(key);
        if (entry == null) {
            throw bad("holds no " + key, "Name the weights of a multitask prompt");
        }
        long[] found = entry.dimensions();
        boolean fits =
                found.length == shape.length
                        && Arrays.equals(tail(found, free), tail(shape, free))
                        && entry.type() == StoredType.F32;
        if (!fits) {
            throw bad(
                    key
                            + " is "
                            + entry.type()
                            + " "
                            + Arrays.toString(found)
                            + ", but F32 "
                            + Arrays.toString(shape)
                            + (free > 0 ? " with any number of tasks" : "")
                            + " is wanted",
                    "Use as many virtual tokens and ranks as the source tasks did");
        }
        try (Tensor tensor = builder.ops().fromBytes(file.read(entry), DType.FLOAT32, found)) {
            return new Stored(tensor.toFloats());
        }
    }

    private static long[] tail(long[] shape, int from) {
        return Arrays.copyOfRange(shape, from, shape.length);
    }

    private BadFileException bad(String what, String remedy) {
        return new BadFileException(Path.of(source.path()), what, remedy);
    }
}
