package org.peft4j.transformers.generation;

import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.peft4j.core.PeftException;
import org.peft4j.transformers.generation.logits.LogitsProcessor;

/**
 * What changes the scores of tokens, whether tokens are drawn or the best are taken.
 *
 * @param repetitionPenalty above 1 against repeating tokens of prompt and text; 1 for none
 * @param noRepeatNgramSize so many tokens in a row come only once; 0 for no such rule
 * @param bannedSequences token sequences that must not come; an end token alone cannot be banned
 * @param suppressed tokens that must not come
 * @param suppressedAtBegin tokens that must not come first
 * @param forcedFirst the token behind the start token of a decoder
 * @param forcedLast the tokens, one of which comes last where a text grows to its full length
 * @param custom others, after all of these and before the distribution is shaped for sampling
 * @param normalize whether the scores become log-probabilities again in the end
 */
public record LogitsRules(
        double repetitionPenalty,
        int noRepeatNgramSize,
        List<List<Long>> bannedSequences,
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
                    0,
                    List.of(),
                    Set.of(),
                    Set.of(),
                    OptionalLong.empty(),
                    Set.of(),
                    List.of(),
                    false);

    /** Checks the numbers and copies the collections. */
    public LogitsRules {
        bannedSequences = bannedSequences.stream().map(List::copyOf).toList();
        suppressed = Set.copyOf(suppressed);
        suppressedAtBegin = Set.copyOf(suppressedAtBegin);
        forcedLast = Set.copyOf(forcedLast);
        custom = List.copyOf(custom);
        if (!(repetitionPenalty > 0 && repetitionPenalty < Double.POSITIVE_INFINITY)) {
            throw new PeftException(
                    "repetitionPenalty must be above 0 but is " + repetitionPenalty + ".");
        }
        if (noRepeatNgramSize < 0) {
            throw new PeftException(
                    "noRepeatNgramSize must not be negative but is " + noRepeatNgramSize + ".");
        }
        for (List<Long> sequence : bannedSequences) {
            if (sequence.isEmpty()) {
                throw new PeftException("a banned sequence must have at least one token.");
            }
            sequence.forEach(id -> requireId("a banned sequence", id));
        }
        suppressed.forEach(id -> requireId("suppressed", id));
        suppressedAtBegin.forEach(id -> requireId("suppressedAtBegin", id));
        forcedLast.forEach(id -> requireId("forcedLast", id));
        forcedFirst.ifPresent(id -> requireId("forcedFirst", id));
    }

    static void requireId(String what, long id) {
        if (id < 0) {
            throw new PeftException(what + " must be an id but has " + id + ".");
        }
    }
}
