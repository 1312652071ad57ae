package org.peft4j.transformers.parts;

import java.util.Map;
import org.peft4j.core.TaskType;
import org.peft4j.core.points.EmbeddingPoint;
import org.peft4j.transformers.heads.ClassifierLayers;
import org.peft4j.transformers.heads.FeatureHead;
import org.peft4j.transformers.heads.HeadConfig;
import org.peft4j.transformers.heads.HeadModules;
import org.peft4j.transformers.heads.LanguageModelHead;
import org.peft4j.transformers.heads.Pooling;
import org.peft4j.transformers.heads.SequenceHead;
import org.peft4j.transformers.heads.SpanHead;
import org.peft4j.transformers.heads.TaskHead;
import org.peft4j.transformers.heads.TokenHead;

/**
 * The head of a decoder, under the names that {@code transformers} gives it.
 *
 * @param task what is read from the hidden states
 * @param ties for a tensor that is another one's, the name of that other
 */
public record DecoderHead(TaskHead task, Map<String, String> ties) {

    /** Copies the map. */
    public DecoderHead {
        ties = Map.copyOf(ties);
    }

    /**
     * The table of input embeddings, which may be in the file as the head that is tied to it.
     *
     * @param tied {@code tie_word_embeddings}
     */
    public static EmbeddingPoint table(
            Modules modules, String path, long vocabulary, long width, boolean tied) {
        if (tied) {
            VocabularyLinear.mayStandFor(modules, path);
        }
        return modules.embedding(path, vocabulary, width);
    }

    /**
     * The head of the model's task, without a cap on its logits.
     *
     * @param table the input embedding, as wide as the hidden states
     * @param tied {@code tie_word_embeddings}
     * @param tokenClassifier the path of the family's token classifier: {@code score} or {@code
     *     classifier}
     * @param deviation the standard deviation of fresh weights, {@code initializer_range}
     */
    public static DecoderHead of(
            Modules modules,
            EmbeddingPoint table,
            boolean tied,
            String tokenClassifier,
            double deviation) {
        return of(modules, table, tied, 0, tokenClassifier, deviation);
    }

    /**
     * The head of the model's task.
     *
     * @param table the input embedding, as wide as the hidden states
     * @param tied {@code tie_word_embeddings}
     * @param cap logits of tokens are cap · tanh(logits / cap); 0 for none
     * @param tokenClassifier the path of the family's token classifier: {@code score} or {@code
     *     classifier}
     * @param deviation the standard deviation of fresh weights, {@code initializer_range}
     */
    public static DecoderHead of(
            Modules modules,
            EmbeddingPoint table,
            boolean tied,
            double cap,
            String tokenClassifier,
            double deviation) {
        TaskType task = modules.head().task();
        if (task != TaskType.CAUSAL_LM) {
            return new DecoderHead(
                    other(modules, table.width(), tokenClassifier, deviation), Map.of());
        }
        VocabularyLinear vocabulary = VocabularyLinear.of(modules, table, tied);
        return new DecoderHead(
                new LanguageModelHead(task, vocabulary.linear(), 1, cap, null), vocabulary.ties());
    }

    private static TaskHead other(
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
