/**
 * What a model is worth: {@link org.peft4j.train.metrics.Evaluator} measures loss, perplexity and
 * accuracy on data that it was not trained on, {@link org.peft4j.train.metrics.ThroughputMeter} how
 * fast tokens go through.
 */
@NullMarked
package org.peft4j.train.metrics;

import org.jspecify.annotations.NullMarked;
