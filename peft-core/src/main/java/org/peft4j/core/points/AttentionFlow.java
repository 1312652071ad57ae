package org.peft4j.core.points;

import org.peft4j.core.ops.AttentionScores;
import org.peft4j.core.ops.Tensor;

/**
 * What flows through an attention core.
 *
 * @param queries [batch, heads, length, d], rotated where the base rotates
 * @param keys [batch, key-value heads, keys, d]
 * @param values [batch, key-value heads, keys, d]
 * @param scores how they are compared
 */
public record AttentionFlow(Tensor queries, Tensor keys, Tensor values, AttentionScores scores) {}
