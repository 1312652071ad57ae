package org.peft4j.transformers.families.bart;

import org.peft4j.core.ForwardContext;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.InputFlow;
import org.peft4j.core.points.NormPoint;
import org.peft4j.transformers.parts.Indices;
import org.peft4j.transformers.parts.LearnedPositions;
import org.peft4j.transformers.parts.Modules;

/**
 * Adds learned positions, which count by index, padding included, and normalises the sum.
 *
 * @param positions the embeddings
 * @param norm over the sum
 */
record BartEntrance(LearnedPositions positions, NormPoint norm) {

    /** Rows of the table before that of the first position. */
    private static final int OFFSET = 2;

    static BartEntrance of(Modules modules, BartConfig config, String path) {
        int width = config.width();
        long rows = config.maxPositions() + (long) OFFSET;
        return new BartEntrance(
                new LearnedPositions(
                        modules.shiftedEmbedding(path + ".embed_positions", rows, width), OFFSET),
                modules.layerNorm(path + ".layernorm_embedding", width, BartSide.EPSILON));
    }

    /**
     * Maps embedded tokens of the encoder, [rows, length, width], to what the first layer reads.
     * Positions are counted by index; the padding of rows with fewer virtual tokens than others
     * does not count.
     *
     * @param batch the tokens that came in
     */
    Tensor encode(ForwardContext context, InputFlow flow, TokenBatch batch) {
        long[] byIndex = Indices.of(flow.layout(), batch);
        return norm.forward(context, positions.add(context, flow, byIndex, batch));
    }

    /**
     * The same of the decoder, whose positions count the tokens of each row, so that a prompt that
     * is padded on the left for its neighbours' sake is read as it is alone.
     *
     * @param places where its tokens are in their rows
     * @param batch the tokens that came in
     */
    Tensor decode(ForwardContext context, InputFlow flow, long[] places, TokenBatch batch) {
        return norm.forward(context, positions.enter(context, flow, places, batch));
    }
}
