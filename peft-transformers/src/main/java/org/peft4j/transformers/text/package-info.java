/**
 * From text to ids and back: {@link org.peft4j.transformers.text.Tokenizer} reads the {@code
 * tokenizer.json} of a checkpoint.
 */
@NullMarked
package org.peft4j.transformers.text;

import org.jspecify.annotations.NullMarked;
