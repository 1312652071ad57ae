package org.peft4j.transformers.generation.logits;

import java.util.Arrays;
import java.util.Set;
import java.util.function.Predicate;

/** Leaves nothing but certain tokens at one place of a text. */
public final class ForcedTokens implements LogitsProcessor {

    private final long[] ids;
    private final Predicate<TokenSequence> place;

    private ForcedTokens(Set<Long> ids, Predicate<TokenSequence> place) {
        this.ids = Scores.ids(ids);
        this.place = place;
    }

    /** Forces the token behind the start token of a decoder; longer prompts are left alone. */
    public static ForcedTokens behindStart(long id) {
        return new ForcedTokens(Set.of(id), sequence -> sequence.length() == 1);
    }

    /**
     * Forces the last token that a text has room for.
     *
     * @param ids one of them comes
     * @param mostNewTokens the room
     */
    public static ForcedTokens atEnd(Set<Long> ids, int mostNewTokens) {
        return new ForcedTokens(ids, sequence -> sequence.newLength() == mostNewTokens - 1);
    }

    @Override
    public void process(TokenSequence sequence, float[] scores) {
        if (place.test(sequence)) {
            Scores.requireKnown("the forced tokens", ids, scores);
            Arrays.fill(scores, Scores.RULED_OUT);
            for (long id : ids) {
                scores[(int) id] = 0;
            }
        }
    }
}
