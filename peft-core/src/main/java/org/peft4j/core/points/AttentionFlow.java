package org.peft4j.core.points;

import org.peft4j.core.ops.AttentionScores;
import org.peft4j.core.ops.Tensor;

/**
 * What flows through an attention core.
 *
 * @param read what the attention module read, [batch, length, width]
 * @param queries [batch, heads, length, d], rotated where the base rotates
 * @param keys [batch, key-value heads, keys, d]
 * @param values [batch, key-value heads, keys, d]
 * @param scores how they are compared
 */
public record AttentionFlow(
        Tensor read, Tensor queries, Tensor keys, Tensor values, AttentionScores scores) {

    /** Returns what flows with other keys and values, compared otherwise. */
    public AttentionFlow with(Tensor otherKeys, Tensor otherValues, AttentionScores otherScores) {
        return new AttentionFlow(read, queries, otherKeys, otherValues, otherScores);
    }
}
