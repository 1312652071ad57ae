package org.peft4j.transformers.heads;

import java.util.Arrays;
import java.util.OptionalInt;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.PeftException;
import org.peft4j.core.SequenceLayout;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.points.InputPoint;

/** Which position speaks for a whole sequence. */
@FunctionalInterface
public interface Pooling {

    /**
     * The first position of an encoder: BERT's classification token, or the first of the virtual
     * tokens before it, as in peft. Rows that have fewer of these than others begin later.
     */
    Pooling FIRST =
            (context, batch, virtual) ->
                    Arrays.stream(context.virtualTokens(InputPoint.Kind.ENCODER, batch.rows()))
                            .mapToLong(own -> (long) virtual - own)
                            .toArray();

    /**
     * Returns a position for each row.
     *
     * @param batch the tokens
     * @param virtual how many virtual tokens come before them in the hidden states
     * @return positions in the hidden states
     */
    long[] positions(ForwardContext context, TokenBatch batch, int virtual);

    /**
     * The last token that is not padding: a decoder has seen all others there.
     *
     * @param padId the id that fills; it counts as padding wherever it is, as in {@code
     *     transformers}; empty to go by the mask alone
     */
    static Pooling last(OptionalInt padId) {
        return (context, batch, virtual) -> {
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
        return (context, batch, virtual) -> {
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
