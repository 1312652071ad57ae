/**
 * Trainable tokens, peft's {@code TRAINABLE_TOKENS}: the embeddings of a few chosen tokens are
 * trained, such as those of tokens that are new to the vocabulary, and every other row of the table
 * stays frozen. An output embedding that the base ties to the table follows.
 *
 * <p>{@link org.peft4j.adapter.tokens.TrainableTokensConfig} says which; give it to {@link
 * org.peft4j.core.PeftModel#add}. {@link org.peft4j.adapter.tokens.TrainableTokensMethod} is found
 * by itself. Files are those of Python's {@code peft}, in both directions.
 */
@NullMarked
package org.peft4j.adapter.tokens;

import org.jspecify.annotations.NullMarked;
