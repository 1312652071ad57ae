/**
 * OPT ({@code opt}): learned positions from row 2 on, norms before or behind the sublayers, and in
 * one size embeddings narrower than the residual stream.
 */
@NullMarked
package org.peft4j.transformers.families.opt;

import org.jspecify.annotations.NullMarked;
