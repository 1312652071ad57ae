/** Tests of optim. */
@NullMarked
package org.peft4j.train.optim;

import org.jspecify.annotations.NullMarked;
