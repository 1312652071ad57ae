package org.peft4j.transformers.embedding;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.ExitGuard;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.ops.DType;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.InputPoint;
import org.peft4j.transformers.text.Tokenizer;

/**
 * Turns texts into vectors (Reimers and Gurevych 2019): the hidden states of a text's tokens,
 * pooled. Any base and any adapters will do; virtual tokens of an adapter are not pooled. Safe for
 * many threads.
 */
public final class SentenceEmbedder {

    private static final double SHORTEST = 1e-12;
    private static final int DEFAULT_BATCH = 32;

    private final PeftModel model;
    private final Tokenizer tokenizer;
    private final EmbeddingConfig config;
    private final int batchSize;

    /**
     * Makes an embedder.
     *
     * @param model stays open when nobody embeds any more
     * @param tokenizer that of the checkpoint; as well
     * @param config how to pool
     * @param batchSize texts in a pass
     */
    public SentenceEmbedder(
            PeftModel model, Tokenizer tokenizer, EmbeddingConfig config, int batchSize) {
        if (batchSize < 1) {
            throw new PeftException("batchSize must be at least 1 but is " + batchSize + ".");
        }
        this.model = model;
        this.tokenizer = tokenizer;
        this.config = config;
        this.batchSize = batchSize;
    }

    /** Makes an embedder that takes 32 texts at a time. */
    public static SentenceEmbedder of(
            PeftModel model, Tokenizer tokenizer, EmbeddingConfig config) {
        return new SentenceEmbedder(model, tokenizer, config, DEFAULT_BATCH);
    }

    /** Returns the length of a vector. */
    public int width() {
        return Math.toIntExact(model.base().info().hiddenSize() * config.pooling().size());
    }

    /** Embeds one text without adapters. */
    public float[] embed(String text) {
        return embed(AdapterSelection.none(), List.of(text))[0];
    }

    /**
     * Embeds texts. Long ones are cut on the right. Texts of like length share a pass.
     *
     * @param selection the adapters that act on all of them
     * @param texts any number
     * @return [texts, width], in the order of the texts
     * @throws PeftException if the selection is one per row, or the JVM exits
     */
    public float[][] embed(AdapterSelection selection, List<String> texts) {
        if (selection.isPerRow()) {
            throw new PeftException(
                    "texts are embedded in batches of like length, so a selection per row has no"
                            + " meaning. Embed the texts of each adapter apart.");
        }
        int most = mostTokens(selection);
        List<long[]> ids = texts.stream().map(text -> encode(text, most)).toList();
        List<Integer> order =
                IntStream.range(0, ids.size())
                        .boxed()
                        .sorted(Comparator.comparing(i -> -ids.get(i).length))
                        .toList();
        float[][] vectors = new float[texts.size()][];
        try (ExitGuard exit = ExitGuard.open()) {
            for (int start = 0; start < order.size(); start += batchSize) {
                exit.check();
                List<Integer> members =
                        order.subList(start, Math.min(order.size(), start + batchSize));
                List<float[]> batch = pass(selection, members.stream().map(ids::get).toList());
                for (int i = 0; i < members.size(); i++) {
                    vectors[members.get(i)] = batch.get(i);
                }
            }
        }
        return vectors;
    }

    private long[] encode(String text, int most) {
        String prompted = config.prompt() + text;
        String written = config.lowerCase() ? prompted.toLowerCase(Locale.ROOT) : prompted;
        long[] ids = tokenizer.encode(written, most);
        if (ids.length == 0) {
            throw new PeftException(
                    "the text \"" + text + "\" has no tokens, so it has no embedding.");
        }
        return ids;
    }

    /** Virtual tokens take of the base's positions, not of what the config wants. */
    private int mostTokens(AdapterSelection selection) {
        int wanted = config.maxTokens() == 0 ? Integer.MAX_VALUE : config.maxTokens();
        int possible = model.base().info().maxPositions();
        if (possible == 0) {
            return wanted;
        }
        try (ForwardContext context = model.open(selection)) {
            int virtual =
                    Arrays.stream(InputPoint.Kind.values())
                            .mapToInt(kind -> context.virtualTokens(kind, 1)[0])
                            .max()
                            .orElse(0);
            return Math.min(wanted, Math.max(1, possible - virtual));
        }
    }

    private List<float[]> pass(AdapterSelection selection, List<long[]> rows) {
        TokenBatch batch = TokenBatch.padded(rows, null, tokenizer.padId(), false);
        try (ForwardContext context = model.open(selection)) {
            Ops ops = context.ops();
            Tensor hidden =
                    ops.cast(model.base().hiddenStates(context, batch, null), DType.FLOAT32);
            int length = Math.toIntExact(hidden.size(1));
            int width = Math.toIntExact(hidden.size(2));
            int virtual = length - batch.length();
            float[] states = hidden.toFloats();
            List<float[]> vectors = new ArrayList<>();
            for (int row = 0; row < rows.size(); row++) {
                int start = (row * length + virtual) * width;
                vectors.add(vector(new TokenStates(states, start, rows.get(row).length, width)));
            }
            return vectors;
        }
    }

    private float[] vector(TokenStates states) {
        float[] vector = new float[states.width() * config.pooling().size()];
        int at = 0;
        for (PoolingMode mode : config.pooling()) {
            mode.pool(states, vector, at);
            at += states.width();
        }
        if (config.normalize()) {
            normalize(vector);
        }
        return vector;
    }

    private static void normalize(float[] vector) {
        double squares = 0;
        for (float value : vector) {
            squares += (double) value * value;
        }
        double length = Math.max(Math.sqrt(squares), SHORTEST);
        for (int i = 0; i < vector.length; i++) {
            vector[i] = (float) (vector[i] / length);
        }
    }
}
