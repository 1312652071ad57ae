/** Tests of checkpoint. */
@NullMarked
package org.peft4j.train.checkpoint;

import org.jspecify.annotations.NullMarked;
