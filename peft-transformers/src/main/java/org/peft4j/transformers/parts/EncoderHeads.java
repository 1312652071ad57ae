package org.peft4j.transformers.parts;

import java.util.function.Supplier;
import org.peft4j.transformers.heads.ClassifierLayers;
import org.peft4j.transformers.heads.FeatureHead;
import org.peft4j.transformers.heads.HeadConfig;
import org.peft4j.transformers.heads.HeadModules;
import org.peft4j.transformers.heads.SequenceHead;
import org.peft4j.transformers.heads.SpanHead;
import org.peft4j.transformers.heads.TaskHead;
import org.peft4j.transformers.heads.TokenHead;

/** The heads of encoders, under the names that {@code transformers} gives them. */
public final class EncoderHeads {

    private EncoderHeads() {}

    /**
     * The head of the task that was asked for.
     *
     * @param width the width of the hidden states
     * @param deviation the standard deviation of fresh weights, {@code initializer_range}
     * @param sequence makes the family's own classifier of whole sequences
     */
    public static TaskHead of(
            Modules modules, long width, double deviation, Supplier<SequenceHead> sequence) {
        HeadConfig head = modules.head();
        return switch (head.task()) {
            case SEQ_CLS -> sequence.get();
            case TOKEN_CLS ->
                    new TokenHead(
                            ClassifierLayers.of(
                                    modules.headLinear(
                                            "classifier", head.size(), width, true, deviation)),
                            HeadModules.CLASSIFIER);
            case QUESTION_ANS ->
                    new SpanHead(
                            modules.headLinear("qa_outputs", head.size(), width, true, deviation),
                            HeadModules.SPAN);
            case FEATURE_EXTRACTION -> new FeatureHead();
            default -> throw new IllegalArgumentException("no task of encoders: " + head.task());
        };
    }
}
