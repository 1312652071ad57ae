package org.peft4j.transformers.bart;

import java.util.Arrays;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.PeftException;
import org.peft4j.core.SequenceLayout;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.EmbeddingPoint;
import org.peft4j.core.points.NormPoint;
import org.peft4j.transformers.parts.Modules;

/**
 * Adds learned positions, which count by index, padding included, and normalises the sum.
 *
 * @param positions the table; its first rows belong to no position
 * @param norm over the sum
 */
record BartEntrance(EmbeddingPoint positions, NormPoint norm) {

    /** Rows of the table before that of the first position. */
    private static final int OFFSET = 2;

    static BartEntrance of(Modules modules, BartConfig config, String path) {
        int width = config.width();
        return new BartEntrance(
                modules.embedding(
                        path + ".embed_positions", config.maxPositions() + (long) OFFSET, width),
                modules.layerNorm(path + ".layernorm_embedding", width, BartSide.EPSILON));
    }

    /** Maps x, [rows, length, width], to what the first layer reads. */
    Tensor enter(ForwardContext context, Tensor x, SequenceLayout layout) {
        long room = positions.vocabulary() - OFFSET;
        int needed = layout.past() + layout.length();
        if (needed > room) {
            throw new PeftException(
                    "the sequence has "
                            + needed
                            + " positions, but this model has learned "
                            + room
                            + ". Cut the text.");
        }
        long[] ids = new long[layout.rows() * layout.length()];
        Arrays.setAll(ids, i -> OFFSET + layout.past() + i % layout.length());
        Ops ops = context.ops();
        Tensor learned = positions.forward(context, ops.longs(ids, layout.rows(), layout.length()));
        return norm.forward(context, ops.add(x, learned));
    }
}
