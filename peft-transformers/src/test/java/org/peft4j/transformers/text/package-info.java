/** Tests of tokenisers and chat templates. */
@NullMarked
package org.peft4j.transformers.text;

import org.jspecify.annotations.NullMarked;
