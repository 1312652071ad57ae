package org.peft4j.transformers.heads;

import java.util.OptionalInt;
import org.peft4j.core.PeftException;
import org.peft4j.core.SequenceLayout;
import org.peft4j.core.TokenBatch;

/** Which position speaks for a whole sequence. */
@FunctionalInterface
public interface Pooling {

    /** The first position, virtual tokens included: BERT's classification token. */
    Pooling FIRST = (batch, virtual) -> new long[batch.rows()];

    /**
     * Returns a position for each row.
     *
     * @param batch the tokens
     * @param virtual how many virtual tokens come before them in the hidden states
     * @return positions in the hidden states
     */
    long[] positions(TokenBatch batch, int virtual);

    /**
     * The last token that is not padding: a decoder has seen all others there.
     *
     * @param padId the id that fills; it counts as padding wherever it is, as in {@code
     *     transformers}; empty to go by the mask alone
     */
    static Pooling last(OptionalInt padId) {
        return (batch, virtual) -> {
            long[] positions = new long[batch.rows()];
            for (int row = 0; row < positions.length; row++) {
                positions[row] = (long) virtual + lastToken(batch, row, padId);
            }
            return positions;
        };
    }

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

    private static int lastToken(TokenBatch batch, int row, OptionalInt padId) {
        SequenceLayout layout = batch.layout();
        long[] mask = layout.mask();
        int width = layout.past() + layout.length();
        for (int last = layout.length() - 1; last > 0; last--) {
            boolean real = mask == null || mask[row * width + layout.past() + last] == 1;
            long id = batch.inputIds()[row * layout.length() + last];
            if (real && (padId.isEmpty() || id != padId.getAsInt())) {
                return last;
            }
        }
        return 0;
    }
}
