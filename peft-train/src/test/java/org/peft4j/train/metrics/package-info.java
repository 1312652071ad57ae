/** Tests of metrics. */
@NullMarked
package org.peft4j.train.metrics;

import org.jspecify.annotations.NullMarked;
