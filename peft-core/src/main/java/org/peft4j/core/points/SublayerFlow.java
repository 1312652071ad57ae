package org.peft4j.core.points;

import org.peft4j.core.ops.Tensor;

/**
 * What flows where a sublayer joins the residual stream; all [rows, length, width].
 *
 * @param stream the residual stream before the sublayer
 * @param read what the sublayer read: the stream, or a norm of it
 * @param output what the sublayer computed, to be added to the stream
 */
public record SublayerFlow(Tensor stream, Tensor read, Tensor output) {

    /** Returns the same flow with another output. */
    public SublayerFlow withOutput(Tensor changed) {
        return new SublayerFlow(stream, read, changed);
    }
}
