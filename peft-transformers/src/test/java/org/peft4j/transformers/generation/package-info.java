/** Tests of generation. */
@NullMarked
package org.peft4j.transformers.generation;

import org.jspecify.annotations.NullMarked;
