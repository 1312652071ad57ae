/**
 * Text from a model: {@link org.peft4j.transformers.generation.Generator} decodes token by token
 * with a key-value cache, under any selection of adapters. Which token comes next is a {@link
 * org.peft4j.transformers.generation.TokenChoice}.
 */
@NullMarked
package org.peft4j.transformers.generation;

import org.jspecify.annotations.NullMarked;
