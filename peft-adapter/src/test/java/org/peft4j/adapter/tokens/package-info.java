/** Tests of trainable tokens. */
@NullMarked
package org.peft4j.adapter.tokens;

import org.jspecify.annotations.NullMarked;
