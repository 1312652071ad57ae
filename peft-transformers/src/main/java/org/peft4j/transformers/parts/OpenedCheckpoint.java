package org.peft4j.transformers.parts;

import org.peft4j.core.FrozenWeights;
import org.peft4j.core.files.CheckpointDirectory;
import org.peft4j.core.ops.DType;
import org.peft4j.core.ops.OperatorDoor;

/**
 * A checkpoint on its way to becoming a base: what a family builds its model from.
 *
 * @param name what the model is called in adapters and messages
 * @param files the directory
 * @param weights its tensors, in the dtype below
 * @param door the device; the model closes it
 * @param dtype the dtype of weights and hidden states
 */
public record OpenedCheckpoint(
        String name,
        CheckpointDirectory files,
        FrozenWeights weights,
        OperatorDoor door,
        DType dtype) {}
