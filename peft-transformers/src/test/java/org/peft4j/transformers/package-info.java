/** Tests of the frozen bases against Python's answers. */
@NullMarked
package org.peft4j.transformers;

import org.jspecify.annotations.NullMarked;
