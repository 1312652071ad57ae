package org.peft4j.transformers.parts;

import java.util.List;
import org.peft4j.core.ops.Activation;
import org.peft4j.transformers.heads.ClassifierLayers;
import org.peft4j.transformers.heads.FeatureHead;
import org.peft4j.transformers.heads.HeadConfig;
import org.peft4j.transformers.heads.HeadModules;
import org.peft4j.transformers.heads.Pooling;
import org.peft4j.transformers.heads.SequenceHead;
import org.peft4j.transformers.heads.SpanHead;
import org.peft4j.transformers.heads.TaskHead;

/** The heads of encoder-decoders, under the names that {@code transformers} gives them. */
public final class EncoderDecoderHeads {

    private static final String CLASSIFIER = "classification_head";

    private EncoderDecoderHeads() {}

    /**
     * The head of a task other than language modelling.
     *
     * @param width the width of the hidden states
     * @param endId the token whose last occurrence speaks for the text
     * @param deviation the standard deviation of fresh weights
     */
    public static TaskHead other(Modules modules, long width, long endId, double deviation) {
        HeadConfig head = modules.head();
        return switch (head.task()) {
            case SEQ_CLS ->
                    new SequenceHead(
                            new ClassifierLayers(
                                    List.of(
                                            modules.headLinear(
                                                    CLASSIFIER + ".dense",
                                                    width,
                                                    width,
                                                    true,
                                                    deviation),
                                            modules.headLinear(
                                                    CLASSIFIER + ".out_proj",
                                                    head.size(),
                                                    width,
                                                    true,
                                                    deviation)),
                                    Activation.TANH),
                            Pooling.lastOf(endId),
                            head.problem(),
                            HeadModules.classifierAnd(CLASSIFIER));
            case QUESTION_ANS ->
                    new SpanHead(
                            modules.headLinear("qa_outputs", head.size(), width, true, deviation),
                            HeadModules.SPAN);
            case FEATURE_EXTRACTION -> new FeatureHead();
            default -> throw new IllegalArgumentException("a family's own head: " + head.task());
        };
    }
}
