package org.peft4j.core.points;

import org.peft4j.core.SequenceLayout;
import org.peft4j.core.ops.Tensor;

/**
 * The embedded sequence and where its tokens lie.
 *
 * @param embeddings [batch, length, width]
 * @param layout which positions are padding, and how positions count
 */
public record InputFlow(Tensor embeddings, SequenceLayout layout) {}
