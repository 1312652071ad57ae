package org.peft4j.transformers.generation.logits;

import java.util.Set;
import java.util.function.Predicate;

/** Rules out tokens, always or while a condition holds. */
public final class SuppressedTokens implements LogitsProcessor {

    private final long[] ids;
    private final Predicate<TokenSequence> condition;

    private SuppressedTokens(Set<Long> ids, Predicate<TokenSequence> condition) {
        this.ids = Scores.ids(ids);
        this.condition = condition;
    }

    /** Rules tokens out everywhere. */
    public static SuppressedTokens always(Set<Long> ids) {
        return new SuppressedTokens(ids, sequence -> true);
    }

    /** Rules end tokens out until a text has so many new tokens. */
    public static SuppressedTokens until(int newTokens, Set<Long> endIds) {
        return new SuppressedTokens(endIds, sequence -> sequence.newLength() < newTokens);
    }

    /**
     * Rules tokens out as the first that the model is free to choose.
     *
     * @param ids the tokens
     * @param afterForced whether a forced token comes before, where the prompt is a single token
     */
    public static SuppressedTokens atBegin(Set<Long> ids, boolean afterForced) {
        return new SuppressedTokens(
                ids,
                sequence -> {
                    boolean single = sequence.length() - sequence.newLength() == 1;
                    return sequence.newLength() == (afterForced && single ? 1 : 0);
                });
    }

    @Override
    public void process(TokenSequence sequence, float[] scores) {
        if (condition.test(sequence)) {
            Scores.ruleOut(ids, scores);
        }
    }
}
