package org.peft4j.transformers.generation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.ops.DType;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.transformers.generation.logits.TokenSequence;

/**
 * Texts that know nothing of each other: each takes the most probable token, or draws one. A row
 * leaves the batch when its text ends.
 */
final class IndependentRows implements Search {

    private final GenerationConfig config;
    private final LogitsPipeline pipeline;
    private final StopCheck stop;
    private final TokenListener listener;
    private final List<Row> rows = new ArrayList<>();
    private List<Row> running;

    IndependentRows(
            GenerationConfig config,
            GenerationRequest request,
            List<TokenSequence> starts,
            LogitsPipeline pipeline,
            StopCheck stop,
            TokenListener listener) {
        this.config = config;
        this.pipeline = pipeline;
        this.stop = stop;
        this.listener = listener;
        for (int prompt = 0; prompt < starts.size(); prompt++) {
            TokenSequence start = starts.get(prompt);
            for (int i = 0; i < config.returnSequences(); i++) {
                RandomGenerator random = RandomStreams.of(config, request, prompt, i);
                rows.add(new Row(prompt, rows.size(), start, random));
            }
        }
        this.running = rows;
    }

    @Override
    public NextTokens choose(Ops ops, Tensor logits) {
        List<Draw> draws = config.isPlain() ? mostProbable(ops, logits) : processed(ops, logits);
        List<Row> on = new ArrayList<>();
        for (int i = 0; i < running.size(); i++) {
            Row row = running.get(i);
            take(row, draws.get(i));
            if (row.reason == null) {
                on.add(row);
            }
        }
        int[] parents = on.stream().mapToInt(row -> row.at).toArray();
        long[] tokens = on.stream().mapToLong(row -> row.sequence.last()).toArray();
        for (int i = 0; i < on.size(); i++) {
            on.get(i).at = i;
        }
        running = on;
        return new NextTokens(parents, tokens);
    }

    private List<Draw> mostProbable(Ops ops, Tensor logits) {
        Ops.MostProbable best = ops.mostProbable(logits);
        long[] ids = best.index().toLongs();
        float[] logProbabilities = best.logProbability().toFloats();
        List<Draw> draws = new ArrayList<>();
        for (Row row : running) {
            if (Float.isNaN(logProbabilities[row.at])) {
                throw LogitsPipeline.notFinite();
            }
            draws.add(new Draw((int) ids[row.at], logProbabilities[row.at]));
        }
        return draws;
    }

    private List<Draw> processed(Ops ops, Tensor logits) {
        int vocabulary = Math.toIntExact(logits.size(1));
        float[] all = ops.cast(logits, DType.FLOAT32).toFloats();
        List<Draw> draws = new ArrayList<>();
        for (Row row : running) {
            float[] scores =
                    Arrays.copyOfRange(all, row.at * vocabulary, (row.at + 1) * vocabulary);
            pipeline.process(row.sequence, scores);
            draws.add(
                    config.sampling().isPresent()
                            ? Draw.random(scores, row.random)
                            : Draw.best(scores));
        }
        return draws;
    }

    private void take(Row row, Draw draw) {
        row.sequence = row.sequence.with(draw.id());
        row.score += draw.logProbability();
        listener.onToken(row.number, draw.id());
        FinishReason reason = stop.reason(row.sequence);
        row.reason = reason;
        if (reason != null) {
            listener.onEnd(row.number, reason);
        }
    }

    @Override
    public List<GeneratedSequence> results() {
        return rows.stream().map(Row::result).toList();
    }

    /** One text; {@code at} is its row in the logits. */
    private static final class Row {

        private final int prompt;
        private final int number;
        private final RandomGenerator random;
        private TokenSequence sequence;
        private int at;
        private double score;
        private @Nullable FinishReason reason;

        Row(int prompt, int number, TokenSequence start, RandomGenerator random) {
            this.prompt = prompt;
            this.number = number;
            this.sequence = start;
            this.random = random;
            this.at = prompt;
        }

        GeneratedSequence result() {
            FinishReason ended = reason == null ? FinishReason.LENGTH : reason;
            return new GeneratedSequence(prompt, sequence.generated(), ended, score);
        }
    }
}
