package org.peft4j.prompt;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TaskType;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.ops.DType;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;

/**
 * Several prompts for one task over one base (Lester et al. 2021, section 6): each text is read
 * once with every prompt, all in one batch, and the prompts vote. Any adapters will do that can be
 * mixed in a batch. Safe for many threads.
 */
public final class PromptEnsemble {

    private final PeftModel model;
    private final List<String> prompts;
    private final int[] words;

    private PromptEnsemble(PeftModel model, List<String> prompts, int[] words) {
        if (prompts.isEmpty() || new LinkedHashSet<>(prompts).size() < prompts.size()) {
            throw new PeftException(
                    "an ensemble needs at least one adapter, each once, not " + prompts + ".");
        }
        this.model = model;
        this.prompts = List.copyOf(prompts);
        this.words = words;
    }

    /**
     * An ensemble of classifiers.
     *
     * @param model a base with a head for SEQ_CLS and one label of several, and its adapters
     * @param prompts the adapters
     */
    public static PromptEnsemble of(PeftModel model, String... prompts) {
        if (model.base().info().task() != TaskType.SEQ_CLS) {
            throw new PeftException(
                    "this base does "
                            + model.base().info().task()
                            + ", not SEQ_CLS. Open it with a classification head, or say with"
                            + " ofLabelWords which token stands for each class.");
        }
        return new PromptEnsemble(model, List.of(prompts), new int[0]);
    }

    /**
     * An ensemble of language models, in which the next token says the class.
     *
     * @param model a base for CAUSAL_LM or SEQ_2_SEQ_LM, and its adapters
     * @param words for each class the id that stands for it, such as the first of its name
     * @param prompts the adapters
     */
    public static PromptEnsemble ofLabelWords(PeftModel model, int[] words, String... prompts) {
        TaskType task = model.base().info().task();
        if (task != TaskType.CAUSAL_LM && task != TaskType.SEQ_2_SEQ_LM) {
            throw new PeftException(
                    "label words are next tokens, and this base does " + task + ". Use of.");
        }
        long vocabulary = model.base().info().vocabularySize();
        if (words.length < 2 || Arrays.stream(words).anyMatch(id -> id < 0 || id >= vocabulary)) {
            throw new PeftException(
                    "label words must be two ids or more below "
                            + vocabulary
                            + ", not "
                            + Arrays.toString(words)
                            + ".");
        }
        return new PromptEnsemble(model, List.of(prompts), words.clone());
    }

    /**
     * Reads texts with every prompt.
     *
     * @param batch the texts; of an encoder-decoder, what its decoder begins with and the source
     * @return a vote for each text
     */
    public List<Vote> vote(TokenBatch batch) {
        int rows = batch.rows();
        List<AdapterSelection> selections = new ArrayList<>();
        for (String prompt : prompts) {
            IntStream.range(0, rows).forEach(r -> selections.add(AdapterSelection.of(prompt)));
        }
        int[] each = IntStream.range(0, rows * prompts.size()).map(i -> i % rows).toArray();
        float[] scores = scores(AdapterSelection.perRow(selections), batch.withRows(each));
        int classes = scores.length / each.length;
        List<Vote> votes = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            List<double[]> ofPrompts = new ArrayList<>();
            for (int p = 0; p < prompts.size(); p++) {
                int from = (p * rows + row) * classes;
                ofPrompts.add(softmax(Arrays.copyOfRange(scores, from, from + classes)));
            }
            votes.add(new Vote(ofPrompts));
        }
        return votes;
    }

    /** Scores of the classes, [rows, classes] row by row. */
    private float[] scores(AdapterSelection selection, TokenBatch batch) {
        BaseModel base = model.base();
        try (ForwardContext context = model.open(selection)) {
            Ops ops = context.ops();
            Tensor hidden = base.hiddenStates(context, batch, null);
            if (words.length == 0) {
                return ops.cast(base.logits(context, hidden, batch), DType.FLOAT32).toFloats();
            }
            Tensor last = ops.flatRows(hidden, ops.longs(lastTokens(hidden, batch), batch.rows()));
            Tensor one = ops.reshape(last, batch.rows(), 1, hidden.size(2));
            float[] all = ops.cast(base.logits(context, one, batch), DType.FLOAT32).toFloats();
            return ofWords(all, all.length / batch.rows());
        }
    }

    /** The place of each row's last token among all positions of the hidden states. */
    private static long[] lastTokens(Tensor hidden, TokenBatch batch) {
        long width = hidden.size(1);
        long[] mask = batch.layout().mask();
        long[] last = new long[batch.rows()];
        for (int row = 0; row < last.length; row++) {
            int at = batch.length() - 1;
            while (at > 0 && mask != null && mask[row * batch.length() + at] == 0) {
                at--;
            }
            last[row] = row * width + width - batch.length() + at;
        }
        return last;
    }

    private float[] ofWords(float[] logits, int vocabulary) {
        float[] scores = new float[logits.length / vocabulary * words.length];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = logits[i / words.length * vocabulary + words[i % words.length]];
        }
        return scores;
    }

    private static double[] softmax(float[] scores) {
        double largest = Double.NEGATIVE_INFINITY;
        for (float score : scores) {
            largest = Math.max(largest, score);
        }
        double[] probabilities = new double[scores.length];
        double sum = 0;
        for (int i = 0; i < scores.length; i++) {
            probabilities[i] = Math.exp(scores[i] - largest);
            sum += probabilities[i];
        }
        for (int i = 0; i < scores.length; i++) {
            probabilities[i] /= sum;
        }
        return probabilities;
    }

    /**
     * What the prompts say of a text.
     *
     * @param probabilities of each class, for each prompt in the ensemble's order
     */
    public record Vote(List<double[]> probabilities) {

        /** Copies the list. */
        public Vote {
            probabilities = List.copyOf(probabilities);
        }

        /** Returns the class of each prompt. */
        public int[] classes() {
            return probabilities.stream().mapToInt(Vote::largest).toArray();
        }

        /** Returns the class that most prompts say, as in the paper; of several, the likeliest. */
        public int majority() {
            double[] weights = mean();
            for (int chosen : classes()) {
                weights[chosen] += 2; // more than all probability together
            }
            return largest(weights);
        }

        /** Returns the class with the largest mean probability. */
        public int likeliest() {
            return largest(mean());
        }

        /** Returns the mean probability of each class. */
        public double[] mean() {
            double[] mean = new double[probabilities.get(0).length];
            for (double[] one : probabilities) {
                for (int i = 0; i < mean.length; i++) {
                    mean[i] += one[i] / probabilities.size();
                }
            }
            return mean;
        }

        private static int largest(double[] values) {
            int best = 0;
            for (int i = 1; i < values.length; i++) {
                best = values[i] > values[best] ? i : best;
            }
            return best;
        }
    }
}
