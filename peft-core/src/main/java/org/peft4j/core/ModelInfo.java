package org.peft4j.core;

import org.peft4j.core.ops.DType;

/**
 * What is known of a base without running it.
 *
 * @param modelType {@code model_type} of its {@code config.json}, as {@code llama}
 * @param nameOrPath where it came from: a hub name or a directory
 * @param task what its head does
 * @param dtype the dtype of its weights and hidden states
 * @param hiddenSize the width of the residual stream
 * @param vocabularySize rows of the input embedding
 * @param layers transformer layers
 * @param parameters all of its elements; tied ones count once
 * @param maxPositions the most positions of a sequence, virtual tokens included; 0 where nothing
 *     limits them
 */
public record ModelInfo(
        String modelType,
        String nameOrPath,
        TaskType task,
        DType dtype,
        long hiddenSize,
        long vocabularySize,
        int layers,
        long parameters,
        int maxPositions) {}
