package org.peft4j.transformers.generation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import org.peft4j.core.PeftException;
import org.peft4j.transformers.generation.logits.Scores;
import org.peft4j.transformers.generation.logits.TokenSequence;

/**
 * Beam search for one prompt, with the choices that {@code transformers} makes: of the best
 * continuations of all beams, those that end become hypotheses if they are among the first, and the
 * best of the rest go on.
 */
final class BeamGroup {

    private final GenerationConfig config;
    private final Beams beams;
    private final StopCheck stop;
    private final RandomGenerator random;
    private List<Beam> running = new ArrayList<>();
    private List<Hypothesis> ended = new ArrayList<>();
    private boolean done;

    BeamGroup(
            GenerationConfig config, TokenSequence prompt, StopCheck stop, RandomGenerator random) {
        this.config = config;
        this.beams = config.beams();
        this.stop = stop;
        this.random = random;
        for (int i = 0; i < beams.count(); i++) {
            // All beams begin alike, so only the first may be continued at first.
            running.add(new Beam(i, prompt, i == 0 ? 0 : Beam.HANDICAP, null));
        }
    }

    List<Beam> running() {
        return running;
    }

    boolean isDone() {
        return done;
    }

    /** Returns the hypotheses, the best first. */
    List<Hypothesis> ended() {
        return ended;
    }

    /**
     * Goes one token on.
     *
     * @param scores for each beam the processed log-probabilities of its next token
     */
    void step(List<float[]> scores) {
        List<Beam> candidates = candidates(scores);
        keepEnded(candidates.subList(0, Math.min(beams.count(), candidates.size())));
        List<Beam> order = new ArrayList<>(candidates);
        order.sort(Comparator.comparingDouble(Beam::runningScore).reversed());
        running =
                order.subList(0, Math.min(beams.count(), order.size())).stream()
                        .map(b -> new Beam(b.parent(), b.sequence(), b.runningScore(), b.reason()))
                        .toList();
        boolean full = ended.size() == beams.count();
        done =
                candidates.stream().allMatch(beam -> beam.reason() != null)
                        || (full && beams.earlyStopping() == EarlyStopping.WHEN_FULL)
                        || !canImprove(full);
    }

    /** The best continuations, so many that enough are left if all end tokens are among them. */
    private List<Beam> candidates(List<float[]> scores) {
        int vocabulary = scores.get(0).length;
        float[] all = new float[running.size() * vocabulary];
        for (int b = 0; b < running.size(); b++) {
            float before = running.get(b).score();
            float[] next = scores.get(b);
            for (int id = 0; id < vocabulary; id++) {
                all[b * vocabulary + id] = before + next[id];
            }
        }
        long wanted = Math.max(2L, 1L + config.endIds().size()) * beams.count();
        int count = (int) Math.min(wanted, all.length);
        int[] chosen =
                config.sampling().isPresent()
                        ? Draw.several(all, count, random)
                        : Scores.largest(all, count);
        if (all[chosen[0]] == Scores.RULED_OUT) {
            throw LogitsPipeline.noneLeft();
        }
        List<Beam> candidates = new ArrayList<>();
        for (int index : chosen) {
            int parent = index / vocabulary;
            TokenSequence sequence = running.get(parent).sequence().with(index % vocabulary);
            candidates.add(new Beam(parent, sequence, all[index], stop.reason(sequence)));
        }
        return candidates;
    }

    private void keepEnded(List<Beam> best) {
        List<Hypothesis> merged = new ArrayList<>(ended);
        for (Beam beam : best) {
            float score = beams.score(beam.score(), beam.sequence().newLength());
            if (score == Float.NEGATIVE_INFINITY) {
                throw new PeftException(
                        "lengthPenalty is "
                                + beams.lengthPenalty()
                                + ", with which the score of a text of "
                                + beam.sequence().newLength()
                                + " tokens is infinite. Take one nearer to 0.");
            }
            if (beam.reason() != null && score > Beam.HANDICAP) {
                merged.add(new Hypothesis(beam.sequence(), score, beam.reason()));
            }
        }
        merged.sort(Comparator.comparingDouble(Hypothesis::score).reversed());
        ended = merged.subList(0, Math.min(beams.count(), merged.size()));
    }

    private boolean canImprove(boolean full) {
        int length = running.get(0).sequence().newLength();
        boolean patient = beams.earlyStopping() == EarlyStopping.NEVER && beams.lengthPenalty() > 0;
        float best = beams.score(running.get(0).score(), patient ? stop.mostNewTokens() : length);
        float worst = full ? ended.get(ended.size() - 1).score() : Beam.HANDICAP;
        return best > worst;
    }
}
