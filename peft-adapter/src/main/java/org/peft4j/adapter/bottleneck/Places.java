package org.peft4j.adapter.bottleneck;

import java.util.List;
import org.peft4j.core.PeftException;
import org.peft4j.core.points.SublayerPoint;

/**
 * Where bottlenecks are put.
 *
 * @param attention {@code mh_adapter}: behind self-attention
 * @param crossAttention {@code cross_adapter}: behind attention to an encoder
 * @param feedForward {@code output_adapter}: behind the feed-forward
 * @param leaveOut {@code leave_out}: the numbers of layers without any, from 0; a decoder's layers
 *     count on from its encoder's
 */
public record Places(
        boolean attention, boolean crossAttention, boolean feedForward, List<Integer> leaveOut) {

    /** Behind the feed-forward of every layer. */
    public static final Places FEED_FORWARD = new Places(false, false, true, List.of());

    /** Behind self-attention and feed-forward of every layer. */
    public static final Places ATTENTION_AND_FEED_FORWARD =
            new Places(true, false, true, List.of());

    /** Checks that there are any. */
    public Places {
        leaveOut = List.copyOf(leaveOut);
        if (!attention && !crossAttention && !feedForward) {
            throw new PeftException(
                    "none of mh_adapter, cross_adapter and output_adapter is true. Choose one.");
        }
    }

    /** Returns whether a bottleneck belongs at a point. */
    public boolean has(SublayerPoint point) {
        return has(point.kind()) && !leaveOut.contains(point.place().layer());
    }

    /** Returns whether bottlenecks belong behind a kind of sublayer. */
    public boolean has(SublayerPoint.Kind kind) {
        return switch (kind) {
            case ATTENTION -> attention;
            case CROSS_ATTENTION -> crossAttention;
            case FEED_FORWARD -> feedForward;
        };
    }
}
