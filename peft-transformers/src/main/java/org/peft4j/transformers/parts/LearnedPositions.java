package org.peft4j.transformers.parts;

import org.peft4j.core.ForwardContext;
import org.peft4j.core.PeftException;
import org.peft4j.core.SequenceLayout;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.EmbeddingPoint;

/**
 * Adds an embedding of each token's position. There are no more positions than the table has rows.
 *
 * @param table the embeddings
 * @param offset the row of the first position
 */
public record LearnedPositions(EmbeddingPoint table, int offset) implements DecoderStack.Entrance {

    @Override
    public Tensor enter(ForwardContext context, Tensor x, SequenceLayout layout) {
        return context.ops().add(x, embeddings(context, layout));
    }

    /**
     * Returns the embeddings of a layout's positions, [rows, length, width].
     *
     * @throws PeftException if a position lies beyond the table
     */
    public Tensor embeddings(ForwardContext context, SequenceLayout layout) {
        Ops ops = context.ops();
        long[] positions = layout.positions();
        long last = table.vocabulary() - 1 - offset;
        for (int i = 0; i < positions.length; i++) {
            if (positions[i] > last) {
                throw new PeftException(
                        "row "
                                + i / layout.length()
                                + " needs the position "
                                + positions[i]
                                + ", but "
                                + table.path()
                                + " has "
                                + (last + 1)
                                + ", virtual tokens included: 0 to "
                                + last
                                + ". Shorten the input, or generate less.");
            }
            positions[i] += offset;
        }
        return table.forward(context, ops.longs(positions, layout.rows(), layout.length()));
    }
}
