package org.peft4j.transformers.generation;

import java.util.ArrayList;
import java.util.List;
import org.peft4j.core.NonFiniteException;
import org.peft4j.core.PeftException;
import org.peft4j.transformers.generation.logits.BannedSequences;
import org.peft4j.transformers.generation.logits.Cutoff;
import org.peft4j.transformers.generation.logits.EndBoost;
import org.peft4j.transformers.generation.logits.ForcedTokens;
import org.peft4j.transformers.generation.logits.InvalidValues;
import org.peft4j.transformers.generation.logits.LogitsProcessor;
import org.peft4j.transformers.generation.logits.MinP;
import org.peft4j.transformers.generation.logits.NoRepeatNgrams;
import org.peft4j.transformers.generation.logits.Normalization;
import org.peft4j.transformers.generation.logits.RepetitionPenalty;
import org.peft4j.transformers.generation.logits.SequenceBias;
import org.peft4j.transformers.generation.logits.SuppressedTokens;
import org.peft4j.transformers.generation.logits.Temperature;
import org.peft4j.transformers.generation.logits.TokenSequence;
import org.peft4j.transformers.generation.logits.TopK;
import org.peft4j.transformers.generation.logits.TopP;
import org.peft4j.transformers.generation.logits.TypicalP;

/** The processors that a config asks for, in the order of {@code transformers}. */
final class LogitsPipeline implements LogitsProcessor {

    private final List<LogitsProcessor> processors = new ArrayList<>();
    private final boolean removeInvalid;

    private LogitsPipeline(boolean removeInvalid) {
        this.removeInvalid = removeInvalid;
    }

    /**
     * Makes the processors of a config.
     *
     * @param config the settings
     * @param promptLength of the longest prompt
     */
    static LogitsPipeline of(GenerationConfig config, int promptLength) {
        LogitsPipeline pipeline = new LogitsPipeline(config.rules().removeInvalid());
        pipeline.addRules(config, promptLength);
        config.sampling().ifPresent(sampling -> pipeline.addSampling(sampling, keep(config)));
        if (config.rules().normalize()) {
            pipeline.processors.add(new Normalization());
        }
        return pipeline;
    }

    /** Beams need a token besides the end tokens to go on with. */
    private static int keep(GenerationConfig config) {
        return config.beams().count() == 1 ? 1 : Math.max(2, 1 + config.endIds().size());
    }

    private void addRules(GenerationConfig config, int promptLength) {
        LogitsRules rules = config.rules();
        if (!rules.sequenceBiases().isEmpty()) {
            processors.add(new SequenceBias(rules.sequenceBiases()));
        }
        if (rules.repetitionPenalty() != 1) {
            processors.add(new RepetitionPenalty(rules.repetitionPenalty()));
        }
        if (rules.noRepeatNgramSize() > 0) {
            processors.add(new NoRepeatNgrams(rules.noRepeatNgramSize()));
        }
        List<List<Long>> banned =
                rules.bannedSequences().stream()
                        .filter(ids -> ids.size() > 1 || !config.endIds().contains(ids.get(0)))
                        .toList();
        if (!banned.isEmpty()) {
            processors.add(new BannedSequences(banned));
        }
        int least = config.leastTokens().behind(promptLength);
        if (least > 0 && !config.endIds().isEmpty()) {
            processors.add(SuppressedTokens.until(least, config.endIds()));
        }
        rules.forcedFirst().ifPresent(id -> processors.add(ForcedTokens.behindStart(id)));
        if (!rules.forcedLast().isEmpty()) {
            int most = config.mostTokens().behind(promptLength);
            processors.add(ForcedTokens.atEnd(rules.forcedLast(), most));
        }
        if (rules.removeInvalid()) {
            processors.add(new InvalidValues());
        }
        if (rules.lengthDecay().isPresent() && !config.endIds().isEmpty()) {
            processors.add(new EndBoost(rules.lengthDecay().get(), config.endIds()));
        }
        if (!rules.suppressed().isEmpty()) {
            processors.add(SuppressedTokens.always(rules.suppressed()));
        }
        if (!rules.suppressedAtBegin().isEmpty()) {
            boolean forced = rules.forcedFirst().isPresent();
            processors.add(SuppressedTokens.atBegin(rules.suppressedAtBegin(), forced));
        }
        processors.addAll(rules.custom());
    }

    private void addSampling(Sampling sampling, int keep) {
        if (sampling.temperature() != 1) {
            processors.add(new Temperature(sampling.temperature()));
        }
        if (sampling.topK() > 0) {
            processors.add(new TopK(Math.max(sampling.topK(), keep)));
        }
        if (sampling.topP() < 1) {
            processors.add(new TopP(sampling.topP(), keep));
        }
        if (sampling.minP() > 0) {
            processors.add(new MinP(sampling.minP(), keep));
        }
        if (sampling.typicalP() < 1) {
            processors.add(new TypicalP(sampling.typicalP(), keep));
        }
        if (sampling.epsilonCutoff() > 0 && sampling.epsilonCutoff() < 1) {
            processors.add(Cutoff.epsilon(sampling.epsilonCutoff(), keep));
        }
        if (sampling.etaCutoff() > 0 && sampling.etaCutoff() < 1) {
            processors.add(Cutoff.eta(sampling.etaCutoff(), keep));
        }
    }

    /**
     * Runs all processors.
     *
     * @throws NonFiniteException if a score is no number before, unless such scores are to be
     *     removed, or after
     */
    @Override
    public void process(TokenSequence sequence, float[] scores) {
        if (!removeInvalid) {
            requireFinite(scores);
        }
        if (!processors.isEmpty()) {
            processors.forEach(processor -> processor.process(sequence, scores));
            requireFinite(scores);
        }
    }

    private static void requireFinite(float[] scores) {
        for (float score : scores) {
            if (!(score < Float.POSITIVE_INFINITY)) {
                throw notFinite();
            }
        }
    }

    static NonFiniteException notFinite() {
        return new NonFiniteException(
                "the scores of the next token are not finite, so none can be chosen. Look for a"
                        + " damaged checkpoint, a diverged adapter or a wrong processor.");
    }

    static PeftException noneLeft() {
        return new PeftException(
                "every token is ruled out, so none can be chosen. Ban or suppress fewer.");
    }
}
