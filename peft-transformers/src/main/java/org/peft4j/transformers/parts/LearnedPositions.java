package org.peft4j.transformers.parts;

import java.util.Arrays;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.PeftException;
import org.peft4j.core.SequenceLayout;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.EmbeddingPoint;
import org.peft4j.core.points.InputFlow;

/**
 * Adds an embedding of each token's position. There are no more positions than the table has rows.
 *
 * @param table the embeddings
 * @param offset the row of the first position
 */
public record LearnedPositions(EmbeddingPoint table, int offset) implements DecoderStack.Entrance {

    @Override
    public Tensor enter(
            ForwardContext context, InputFlow flow, long[] positions, TokenBatch batch) {
        SequenceLayout layout = flow.layout();
        long last = table.vocabulary() - offset - 1;
        long[] within = positions.clone();
        for (int i = 0; i < within.length; i++) {
            if (within[i] > last && layout.isPadding(i)) {
                within[i] = last; // a text may fill the table and still have padding behind it
            }
        }
        return add(context, flow, within, batch);
    }

    /**
     * Adds the embeddings of given positions.
     *
     * @param flow [rows, length, width], with the virtual tokens of methods
     * @param positions from 0, [rows, length]
     * @param batch the tokens that came in
     * @throws PeftException if a position lies beyond the table
     */
    public Tensor add(ForwardContext context, InputFlow flow, long[] positions, TokenBatch batch) {
        Ops ops = context.ops();
        SequenceLayout layout = flow.layout();
        PositionLimit.check(layout, positions, batch, table.vocabulary() - offset);
        long[] rows = Arrays.stream(positions).map(position -> position + offset).toArray();
        Tensor ids = ops.longs(rows, layout.rows(), layout.length());
        return ops.add(flow.embeddings(), table.forward(context, ids));
    }
}
