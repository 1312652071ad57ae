package org.peft4j.transformers.generation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.transformers.generation.logits.TokenSequence;

/**
 * Beam search for a batch of prompts. Before the first choice a prompt has one row, then one for
 * each of its beams; a prompt whose search has ended leaves the batch.
 */
final class BeamSearch implements Search {

    private final GenerationConfig config;
    private final LogitsPipeline pipeline;
    private final List<BeamGroup> groups = new ArrayList<>();
    private List<BeamGroup> running;
    private boolean first = true;

    BeamSearch(
            GenerationConfig config,
            GenerationRequest request,
            List<TokenSequence> starts,
            LogitsPipeline pipeline,
            StopCheck stop) {
        this.config = config;
        this.pipeline = pipeline;
        for (int prompt = 0; prompt < starts.size(); prompt++) {
            TokenSequence start = starts.get(prompt);
            groups.add(
                    new BeamGroup(
                            config, start, stop, RandomStreams.of(config, request, prompt, 0)));
        }
        this.running = groups;
    }

    @Override
    public NextTokens choose(Ops ops, Tensor logits) {
        int vocabulary = Math.toIntExact(logits.size(1));
        float[] all = ops.logSoftmax(logits).toFloats();
        List<Integer> parents = new ArrayList<>();
        List<Long> tokens = new ArrayList<>();
        List<BeamGroup> on = new ArrayList<>();
        int row = 0;
        for (BeamGroup group : running) {
            int start = row;
            int rows = first ? 1 : group.running().size();
            List<float[]> scores = new ArrayList<>();
            for (; row < start + rows; row++) {
                float[] own = Arrays.copyOfRange(all, row * vocabulary, (row + 1) * vocabulary);
                pipeline.process(group.running().get(row - start).sequence(), own);
                scores.add(own);
            }
            while (scores.size() < group.running().size()) {
                scores.add(scores.get(0)); // the beams of the first step are all alike
            }
            group.step(scores);
            if (!group.isDone()) {
                on.add(group);
                for (Beam beam : group.running()) {
                    parents.add(first ? start : start + beam.parent());
                    tokens.add(beam.sequence().last());
                }
            }
        }
        running = on;
        first = false;
        return new NextTokens(
                parents.stream().mapToInt(Integer::intValue).toArray(),
                tokens.stream().mapToLong(Long::longValue).toArray());
    }

    @Override
    public List<GeneratedSequence> results() {
        List<GeneratedSequence> results = new ArrayList<>();
        for (int prompt = 0; prompt < groups.size(); prompt++) {
            List<Hypothesis> ended = groups.get(prompt).ended();
            for (int i = 0; i < Math.min(config.returnSequences(), ended.size()); i++) {
                Hypothesis best = ended.get(i);
                results.add(
                        new GeneratedSequence(
                                prompt, best.sequence().generated(), best.reason(), best.score()));
            }
        }
        return results;
    }
}
