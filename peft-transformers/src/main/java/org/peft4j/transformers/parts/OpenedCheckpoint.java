package org.peft4j.transformers.parts;

import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.BaseModel;
import org.peft4j.core.FrozenWeights;
import org.peft4j.core.TaskType;
import org.peft4j.core.VocabularySize;
import org.peft4j.core.files.CheckpointDirectory;
import org.peft4j.core.ops.DType;
import org.peft4j.core.ops.OperatorDoor;
import org.peft4j.transformers.HeadOptions;
import org.peft4j.transformers.heads.HeadConfig;

/**
 * A checkpoint on its way to becoming a base: what a family builds its model from.
 *
 * @param name what the model is called in adapters and messages
 * @param files the directory
 * @param weights its tensors, in the dtype below
 * @param door the device; the model closes it
 * @param dtype the dtype of weights and hidden states
 * @param wantedHead the head that was asked for, or null
 * @param vocabulary how many tokens it has
 */
public record OpenedCheckpoint(
        String name,
        CheckpointDirectory files,
        FrozenWeights weights,
        OperatorDoor door,
        DType dtype,
        @Nullable HeadOptions wantedHead,
        Vocabulary vocabulary) {

    /**
     * How many tokens a model has.
     *
     * @param published how many it has in its files
     * @param resize opens it once more with another number
     */
    public record Vocabulary(int published, Function<VocabularySize, BaseModel> resize) {}

    /**
     * Decides which head the model gets; see {@link HeadConfig#decide}.
     *
     * @param usual the task where the config names no class
     * @param supported the tasks that the family has heads for
     */
    public HeadConfig head(TaskType usual, Set<TaskType> supported) {
        return HeadConfig.decide(files.configFields(), wantedHead, usual, supported);
    }
}
