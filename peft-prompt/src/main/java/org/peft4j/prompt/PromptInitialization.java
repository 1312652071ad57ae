package org.peft4j.prompt;

import com.google.gson.JsonObject;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.Initializer;
import org.peft4j.core.PeftException;
import org.peft4j.core.ops.WeightOps;
import org.peft4j.core.points.InputPoint;
import org.peft4j.prompt.internal.TokenRows;

/**
 * Where the virtual tokens of a fresh soft prompt start (Lester et al. 2021, section 3.2). Those
 * that begin as tokens of the vocabulary begin as what such tokens are at the base's input, any
 * scale of its embeddings included.
 */
public sealed interface PromptInitialization {

    /** How many of the most frequent tokens the paper samples from. */
    int MOST_FREQUENT = 5_000;

    /**
     * Returns the values.
     *
     * @param ops operators on weights
     * @param input where the virtual tokens go
     */
    Initializer initializer(WeightOps ops, InputPoint input);

    /** N(0, 1), peft's {@code RANDOM}. */
    static PromptInitialization random() {
        return new Normal();
    }

    /** U(−0.5, 0.5), as in the paper. */
    static PromptInitialization uniform() {
        return new Uniform(0.5);
    }

    /** Tokens drawn from the whole vocabulary, peft's {@code SAMPLE_VOCAB}. */
    static PromptInitialization sampledVocabulary() {
        return new SampledVocabulary(List.of());
    }

    /**
     * Tokens drawn from some.
     *
     * @param ids such as the most frequent ones
     */
    static PromptInitialization sampledFrom(int... ids) {
        if (ids.length == 0) {
            throw new PeftException("name at least one id to sample virtual tokens from.");
        }
        return new SampledVocabulary(Arrays.stream(ids).boxed().toList());
    }

    /**
     * Tokens drawn from the lowest ids, which are the most frequent ones in vocabularies that are
     * sorted by frequency, such as SentencePiece's; the paper takes 5,000.
     *
     * @param most how many; a smaller vocabulary is taken whole
     */
    static PromptInitialization sampledFromLowest(int most) {
        if (most < 1) {
            throw new PeftException("sample from at least 1 token, not from " + most + ".");
        }
        return new LowestIds(most);
    }

    /**
     * Tokens drawn from the most frequent ones of a corpus.
     *
     * @param counts how often each id occurs
     * @param most how many; the paper takes 5,000
     */
    static PromptInitialization sampledFromMostFrequent(long[] counts, int most) {
        return sampledFrom(
                IntStream.range(0, counts.length)
                        .boxed()
                        .filter(id -> counts[id] > 0)
                        .sorted(Comparator.comparing((Integer id) -> -counts[id]))
                        .limit(most)
                        .mapToInt(Integer::intValue)
                        .toArray());
    }

    /**
     * The tokens of a text, repeated or cut to the number of virtual tokens, peft's {@code TEXT}.
     *
     * @param text for the config, as peft wants it
     * @param tokenizer a name or path of the tokenizer, as well
     * @param ids the text's ids, with the special tokens that its tokenizer adds
     */
    static PromptInitialization text(String text, String tokenizer, int... ids) {
        return new Text(text, tokenizer, null, Arrays.stream(ids).boxed().toList());
    }

    /**
     * The names of a task's classes, each the mean of its tokens; where there are more virtual
     * tokens than classes, the rest are drawn from the 5,000 lowest ids.
     *
     * @param labels the ids of each class's name
     */
    static PromptInitialization classLabels(List<int[]> labels) {
        return new ClassLabels(
                labels.stream().map(ids -> Arrays.stream(ids).boxed().toList()).toList());
    }

    /** N(0, 1). */
    record Normal() implements PromptInitialization {
        @Override
        public Initializer initializer(WeightOps ops, InputPoint input) {
            return Initializer.normal(1);
        }
    }

    /**
     * U(−bound, bound).
     *
     * @param bound positive
     */
    record Uniform(double bound) implements PromptInitialization {
        @Override
        public Initializer initializer(WeightOps ops, InputPoint input) {
            return Initializer.uniform(bound);
        }
    }

    /**
     * Random tokens of the vocabulary.
     *
     * @param ids to draw from, each as likely as the others; empty for all
     */
    record SampledVocabulary(List<Integer> ids) implements PromptInitialization {

        /** Copies the list. */
        public SampledVocabulary {
            ids = List.copyOf(ids);
        }

        @Override
        public Initializer initializer(WeightOps ops, InputPoint input) {
            return (values, shape, random) ->
                    TokenRows.copy(ops, input, drawn((int) shape[0], input, random), values);
        }

        private int[] drawn(int count, InputPoint input, RandomGenerator random) {
            int all = Math.toIntExact(input.table().vocabulary());
            return IntStream.range(0, count)
                    .map(
                            i ->
                                    ids.isEmpty()
                                            ? random.nextInt(all)
                                            : ids.get(random.nextInt(ids.size())))
                    .toArray();
        }
    }

    /**
     * Random ones of the lowest ids.
     *
     * @param most how many
     */
    record LowestIds(int most) implements PromptInitialization {
        @Override
        public Initializer initializer(WeightOps ops, InputPoint input) {
            int count = (int) Math.min(most, input.table().vocabulary());
            return new SampledVocabulary(IntStream.range(0, count).boxed().toList())
                    .initializer(ops, input);
        }
    }

    /**
     * The tokens of a text.
     *
     * @param text the text
     * @param tokenizer a name or path
     * @param tokenizerKwargs what peft gives the tokenizer when it loads it, or null
     * @param ids the text's ids; empty where a config from a file does not hold them
     */
    record Text(
            String text, String tokenizer, @Nullable JsonObject tokenizerKwargs, List<Integer> ids)
            implements PromptInitialization {

        /** Copies what can change. */
        public Text {
            tokenizerKwargs = tokenizerKwargs == null ? null : tokenizerKwargs.deepCopy();
            ids = List.copyOf(ids);
        }

        @Override
        public Initializer initializer(WeightOps ops, InputPoint input) {
            return (values, shape, random) -> {
                if (ids.isEmpty()) {
                    throw new PeftException(
                            "virtual tokens that start as the text \""
                                    + text
                                    + "\" need its ids. Encode it with the base's tokenizer, and"
                                    + " use PromptInitialization.text with the ids.");
                }
                int[] wanted =
                        IntStream.range(0, (int) shape[0])
                                .map(i -> ids.get(i % ids.size()))
                                .toArray();
                TokenRows.copy(ops, input, wanted, values);
            };
        }
    }

    /**
     * The names of classes.
     *
     * @param labels the ids of each name, none empty
     */
    record ClassLabels(List<List<Integer>> labels) implements PromptInitialization {

        /** Copies the lists. */
        public ClassLabels {
            labels = labels.stream().map(List::copyOf).toList();
            if (labels.isEmpty() || labels.stream().anyMatch(List::isEmpty)) {
                throw new PeftException(
                        "virtual tokens that start as class labels need the ids of at least one"
                                + " label, and at least one id for each.");
            }
        }

        @Override
        public Initializer initializer(WeightOps ops, InputPoint input) {
            return (values, shape, random) -> {
                int count = (int) shape[0];
                int width = (int) shape[1];
                if (labels.size() > count) {
                    throw new PeftException(
                            "there are "
                                    + labels.size()
                                    + " class labels for "
                                    + count
                                    + " virtual tokens. Use as many virtual tokens as classes, or"
                                    + " more.");
                }
                sampledFromLowest(MOST_FREQUENT)
                        .initializer(ops, input)
                        .fill(values, shape, random);
                for (int label = 0; label < labels.size(); label++) {
                    List<Integer> ids = labels.get(label);
                    float[] tokens = new float[ids.size() * width];
                    int[] wanted = ids.stream().mapToInt(Integer::intValue).toArray();
                    TokenRows.copy(ops, input, wanted, tokens);
                    for (int j = 0; j < width; j++) {
                        double sum = 0;
                        for (int i = 0; i < ids.size(); i++) {
                            sum += tokens[i * width + j];
                        }
                        values[label * width + j] = (float) (sum / ids.size());
                    }
                }
            };
        }
    }
}
