/**
 * Text from a model. A {@link org.peft4j.transformers.generation.Generator} continues prompts as a
 * {@link org.peft4j.transformers.generation.GenerationConfig} says, under any selection of
 * adapters:
 *
 * <ul>
 *   <li>A decoding loop runs the model with a key-value cache and knows nothing of strategies.
 *   <li>A search chooses the next tokens: each text for itself (greedily or by drawing), or beam
 *       search.
 *   <li>Processors in {@code generation.logits} change the scores of the next token before; their
 *       order is that of {@code transformers}.
 * </ul>
 *
 * <p>Choices, scores and settings are those of {@code generate} in {@code transformers} 5, where
 * padding does not come into play: here it is no part of a prompt, so that a text does not depend
 * on its neighbours in the batch. A text ended by a stop string keeps it, and whatever else its
 * last token holds.
 */
@NullMarked
package org.peft4j.transformers.generation;

import org.jspecify.annotations.NullMarked;
