/**
 * From files to batches.
 *
 * <p>A reader ({@link org.peft4j.train.data.JsonLines}, {@link
 * org.peft4j.train.data.DelimitedFile}, {@link org.peft4j.train.data.TextLines}) gives texts. An
 * {@link org.peft4j.train.data.ExampleEncoder} makes each an {@link org.peft4j.train.data.Example}:
 * token ids, and labels where a loss is wanted. A {@link org.peft4j.train.data.BatchPlan} says
 * which examples come in which step, and a {@link org.peft4j.train.data.Collator} pads them into
 * the {@link org.peft4j.core.TokenBatch} that a model takes.
 *
 * <p>Everything here is decided by its arguments alone, so that a training can be repeated, and
 * resumed at any step.
 */
@NullMarked
package org.peft4j.train.data;

import org.jspecify.annotations.NullMarked;
