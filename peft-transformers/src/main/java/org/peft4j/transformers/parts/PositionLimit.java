package org.peft4j.transformers.parts;

import org.peft4j.core.PeftException;
import org.peft4j.core.SequenceLayout;
import org.peft4j.core.TokenBatch;

/** Refuses what is longer than a model can count, and says what makes it so long. */
final class PositionLimit {

    private PositionLimit() {}

    /**
     * Checks positions.
     *
     * @param layout where the tokens lie, virtual ones included
     * @param positions from 0, [rows, length]
     * @param batch the tokens without virtual ones
     * @param most how many positions there are
     * @throws PeftException if one lies beyond them
     */
    static void check(SequenceLayout layout, long[] positions, TokenBatch batch, long most) {
        for (int i = 0; i < positions.length; i++) {
            if (positions[i] >= most) {
                throw new PeftException(
                        "row "
                                + i / layout.length()
                                + " needs the position "
                                + positions[i]
                                + ", but this model has "
                                + most
                                + ", virtual tokens included: 0 to "
                                + (most - 1)
                                + ". The batch has "
                                + lengths(layout, batch)
                                + ". Shorten the texts, generate less, or use fewer virtual"
                                + " tokens.");
            }
        }
    }

    private static String lengths(SequenceLayout layout, TokenBatch batch) {
        int before = layout.past() + layout.length() - batch.length();
        String own = batch.length() + " positions a row";
        if (before == 0) {
            return own;
        }
        return batch.layout().past() > 0
                ? own + " behind " + before + " earlier and virtual ones"
                : own + " behind " + before + " virtual tokens";
    }
}
