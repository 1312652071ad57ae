/**
 * Rotary position embeddings: {@link org.peft4j.transformers.parts.rotary.RotarySettings} reads
 * them from a {@code config.json}, {@link org.peft4j.transformers.parts.rotary.RotaryScaling} knows
 * the frequencies, {@link org.peft4j.transformers.parts.rotary.Rotary} makes the tables of a pass.
 */
@NullMarked
package org.peft4j.transformers.parts.rotary;

import org.jspecify.annotations.NullMarked;
