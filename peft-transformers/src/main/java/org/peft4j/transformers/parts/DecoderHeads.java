package org.peft4j.transformers.parts;

import org.peft4j.core.points.EmbeddingPoint;
import org.peft4j.core.points.LinearPoint;
import org.peft4j.core.points.LinearRole;
import org.peft4j.core.points.LinearWeights;
import org.peft4j.transformers.heads.ClassifierLayers;
import org.peft4j.transformers.heads.FeatureHead;
import org.peft4j.transformers.heads.HeadConfig;
import org.peft4j.transformers.heads.HeadModules;
import org.peft4j.transformers.heads.Pooling;
import org.peft4j.transformers.heads.SequenceHead;
import org.peft4j.transformers.heads.SpanHead;
import org.peft4j.transformers.heads.TaskHead;
import org.peft4j.transformers.heads.TokenHead;

/** The heads of decoders, under the names that {@code transformers} gives them. */
public final class DecoderHeads {

    private DecoderHeads() {}

    /**
     * The linear of a language-modelling head.
     *
     * @param table the input embedding
     * @param tied whether the head's weight is that table
     * @param bias whether the head has a bias
     */
    public static LinearPoint vocabulary(
            Modules modules, String path, EmbeddingPoint table, boolean tied, boolean bias) {
        LinearRole role = LinearRole.OUTPUT_EMBEDDING;
        return tied
                ? modules.linear(path, role, new LinearWeights(table.table(), null))
                : modules.linear(path, role, table.vocabulary(), table.width(), bias);
    }

    /**
     * The head of a task other than language modelling.
     *
     * @param width the width of the hidden states
     * @param tokenClassifier the path of the family's token classifier: {@code score} or {@code
     *     classifier}
     * @param deviation the standard deviation of fresh weights, {@code initializer_range}
     */
    public static TaskHead other(
            Modules modules, long width, String tokenClassifier, double deviation) {
        HeadConfig head = modules.head();
        return switch (head.task()) {
            case SEQ_CLS ->
                    new SequenceHead(
                            ClassifierLayers.of(
                                    modules.headLinear(
                                            "score", head.size(), width, false, deviation)),
                            Pooling.last(modules.padId()),
                            head.problem(),
                            HeadModules.CLASSIFIER);
            case TOKEN_CLS ->
                    new TokenHead(
                            ClassifierLayers.of(
                                    modules.headLinear(
                                            tokenClassifier, head.size(), width, true, deviation)),
                            HeadModules.CLASSIFIER);
            case QUESTION_ANS ->
                    new SpanHead(
                            modules.headLinear("qa_outputs", head.size(), width, true, deviation),
                            HeadModules.SPAN);
            case FEATURE_EXTRACTION -> new FeatureHead();
            default -> throw new IllegalArgumentException("a family's own head: " + head.task());
        };
    }
}
