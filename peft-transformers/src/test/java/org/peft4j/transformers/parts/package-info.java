/** Tests of parts that no public call reaches. */
@NullMarked
package org.peft4j.transformers.parts;

import org.jspecify.annotations.NullMarked;
