/** Tests of the training loop, on real bases and adapters. */
@NullMarked
package org.peft4j.train;

import org.jspecify.annotations.NullMarked;
