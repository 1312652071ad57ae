/**
 * What changes the scores of the next token before one is chosen. Each {@link
 * org.peft4j.transformers.generation.logits.LogitsProcessor} does one thing to one row; they
 * compute what the processors of {@code transformers} with the same names compute.
 *
 * <p>First come those that look at the text so far (penalties, bans, forced tokens), then those
 * that shape the distribution for sampling (temperature, top-k, top-p and their kin). A token that
 * must not come gets −∞.
 */
@NullMarked
package org.peft4j.transformers.generation.logits;

import org.jspecify.annotations.NullMarked;
