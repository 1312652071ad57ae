package org.peft4j.transformers.heads;

import org.peft4j.core.PeftException;
import org.peft4j.core.SequenceLayout;
import org.peft4j.core.TokenBatch;

/** Which position speaks for a whole sequence. */
@FunctionalInterface
public interface Pooling {

    /** The first position, virtual tokens included: BERT's classification token. */
    Pooling FIRST = (batch, virtual) -> new long[batch.rows()];

    /** The last token that is not padding: a decoder has seen all others there. */
    Pooling LAST =
            (batch, virtual) -> {
                SequenceLayout layout = batch.layout();
                long[] positions = new long[batch.rows()];
                for (int row = 0; row < positions.length; row++) {
                    positions[row] = (long) virtual + lastToken(layout, row);
                }
                return positions;
            };

    /**
     * Returns a position for each row.
     *
     * @param batch the tokens
     * @param virtual how many virtual tokens come before them in the hidden states
     * @return positions in the hidden states
     */
    long[] positions(TokenBatch batch, int virtual);

    /**
     * The last one of a certain token, such as the end of a sequence.
     *
     * @param id the token
     */
    static Pooling lastOf(long id) {
        return (batch, virtual) -> {
            long[] positions = new long[batch.rows()];
            for (int row = 0; row < positions.length; row++) {
                int at = batch.length() - 1;
                while (at >= 0 && batch.inputIds()[row * batch.length() + at] != id) {
                    at--;
                }
                if (at < 0) {
                    throw new PeftException(
                            "row "
                                    + row
                                    + " has no end token ("
                                    + id
                                    + "), whose hidden state the head reads. End every row with"
                                    + " it.");
                }
                positions[row] = (long) virtual + at;
            }
            return positions;
        };
    }

    private static int lastToken(SequenceLayout layout, int row) {
        long[] mask = layout.mask();
        int last = layout.length() - 1;
        if (mask == null) {
            return last;
        }
        int width = layout.past() + layout.length();
        while (last > 0 && mask[row * width + layout.past() + last] == 0) {
            last--;
        }
        return last;
    }
}
