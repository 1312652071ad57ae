/**
 * The Gemma family: {@code gemma} and {@code gemma2}. Norms count their weights from 1 and
 * embeddings are scaled; the second has norms behind its sublayers too, and caps on scores and
 * logits.
 */
@NullMarked
package org.peft4j.transformers.families.gemma;

import org.jspecify.annotations.NullMarked;
