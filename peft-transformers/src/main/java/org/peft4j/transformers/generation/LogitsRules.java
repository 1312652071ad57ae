package org.peft4j.transformers.generation;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.peft4j.core.PeftException;
import org.peft4j.transformers.generation.logits.LengthDecay;
import org.peft4j.transformers.generation.logits.LogitsProcessor;

/**
 * What changes the scores of tokens, whether tokens are drawn or the best are taken.
 *
 * @param guidanceScale how far texts follow their prompt (classifier-free guidance); 1 for none
 * @param sequenceBiases what to add to the score of a token that would complete a sequence
 * @param repetitionPenalty above 1 against repeating tokens of prompt and text; 1 for none
 * @param noRepeatNgramSize so many tokens in a row come only once; 0 for no such rule
 * @param bannedSequences token sequences that must not come; an end token alone cannot be banned
 * @param removeInvalid whether scores that are NaN or infinite become numbers, after the rules
 *     above and the forced tokens
 * @param lengthDecay how end tokens become more probable with the length
 * @param suppressed tokens that must not come
 * @param suppressedAtBegin tokens that must not come first
 * @param forcedFirst the token behind the start token of a decoder
 * @param forcedLast the tokens, one of which comes last where a text grows to its full length
 * @param custom others, after all of these and before the distribution is shaped for sampling
 * @param normalize whether the scores become log-probabilities again in the end
 */
public record LogitsRules(
        double guidanceScale,
        Map<List<Long>, Double> sequenceBiases,
        double repetitionPenalty,
        int noRepeatNgramSize,
        List<List<Long>> bannedSequences,
        boolean removeInvalid,
        Optional<LengthDecay> lengthDecay,
        Set<Long> suppressed,
        Set<Long> suppressedAtBegin,
        OptionalLong forcedFirst,
        Set<Long> forcedLast,
        List<LogitsProcessor> custom,
        boolean normalize) {

    /** No rules. */
    public static final LogitsRules NONE =
            new LogitsRules(
                    1,
                    Map.of(),
                    1,
                    0,
                    List.of(),
                    false,
                    Optional.empty(),
                    Set.of(),
                    Set.of(),
                    OptionalLong.empty(),
                    Set.of(),
                    List.of(),
                    false);

    /** Checks the numbers and copies the collections. */
    public LogitsRules {
        sequenceBiases = copyOf(sequenceBiases);
        bannedSequences = bannedSequences.stream().map(List::copyOf).toList();
        suppressed = Set.copyOf(suppressed);
        suppressedAtBegin = Set.copyOf(suppressedAtBegin);
        forcedLast = Set.copyOf(forcedLast);
        custom = List.copyOf(custom);
        if (!(repetitionPenalty > 0 && repetitionPenalty < Double.POSITIVE_INFINITY)) {
            throw new PeftException(
                    "repetitionPenalty must be above 0 but is " + repetitionPenalty + ".");
        }
        if (!Double.isFinite(guidanceScale)) {
            throw new PeftException("guidanceScale must be a number but is " + guidanceScale + ".");
        }
        if (noRepeatNgramSize < 0) {
            throw new PeftException(
                    "noRepeatNgramSize must not be negative but is " + noRepeatNgramSize + ".");
        }
        bannedSequences.forEach(sequence -> requireIds("a banned sequence", sequence));
        sequenceBiases.forEach(
                (sequence, bias) -> {
                    requireIds("a biased sequence", sequence);
                    if (bias.isNaN() || bias == Double.POSITIVE_INFINITY) {
                        throw new PeftException(
                                "the bias of a sequence must be a number but is " + bias + ".");
                    }
                });
        suppressed.forEach(id -> requireId("suppressed", id));
        suppressedAtBegin.forEach(id -> requireId("suppressedAtBegin", id));
        forcedLast.forEach(id -> requireId("forcedLast", id));
        forcedFirst.ifPresent(id -> requireId("forcedFirst", id));
    }

    private static Map<List<Long>, Double> copyOf(Map<List<Long>, Double> biases) {
        Map<List<Long>, Double> copy = new LinkedHashMap<>();
        biases.forEach((sequence, bias) -> copy.put(List.copyOf(sequence), bias));
        return Collections.unmodifiableMap(copy);
    }

    private static void requireIds(String what, List<Long> sequence) {
        if (sequence.isEmpty()) {
            throw new PeftException(what + " must have at least one token.");
        }
        sequence.forEach(id -> requireId(what, id));
    }

    static void requireId(String what, long id) {
        if (id < 0) {
            throw new PeftException(what + " must be an id but has " + id + ".");
        }
    }
}
