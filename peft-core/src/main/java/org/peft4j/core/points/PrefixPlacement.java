package org.peft4j.core.points;

import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.Tensor;

/**
 * Puts keys and values before those of a sequence, and does nothing else. Whoever puts some there
 * also says at the {@linkplain InputPoint input} that the sequence comes behind so many positions,
 * if it does.
 *
 * <p>A base keeps them in its cache with those of the sequence: the first pass asks for them, and
 * later ones only read.
 */
public interface PrefixPlacement extends AttentionPlacement {

    /** Returns how many there are; the same in every pass. */
    int tokens();

    /**
     * Makes the keys and values.
     *
     * @param context the pass; autograd follows it
     * @param point the attention
     * @param read what the attention module read, [rows, length, width]
     * @return [rows or 1, key-value heads, tokens, d] each, of the dtype that was read
     */
    KeysAndValues prefix(ForwardContext context, AttentionPoint point, Tensor read);

    /**
     * Returns whether they differ from pass to pass, as those that follow from what was read. Then
     * every pass asks for them anew.
     */
    default boolean changes() {
        return false;
    }
}
