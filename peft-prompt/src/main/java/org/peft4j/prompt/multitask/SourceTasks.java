package org.peft4j.prompt.multitask;

/**
 * The source tasks whose prompt a target task starts with.
 *
 * @param path their adapter's {@code adapter_model.safetensors}
 * @param use what is taken of it
 * @param task the number of the source task, for {@link Use#EXACT_SOURCE_TASK}
 */
public record SourceTasks(String path, Use use, int task) {

    /** What a target task takes. */
    public enum Use {
        /** The shared prompt, and the mean of the source tasks' factors. */
        AVERAGE_SOURCE_TASKS,
        /** The shared prompt, and one source task's factors. */
        EXACT_SOURCE_TASK,
        /** The shared prompt alone. */
        ONLY_SOURCE_SHARED
    }
}
