/** Tests. */
@NullMarked
package org.peft4j.transformers.parts.rotary;

import org.jspecify.annotations.NullMarked;
