/**
 * The Llama family: {@code llama}, {@code mistral} and {@code qwen2}. They differ in where they
 * have biases and in which layers attend through a sliding window; {@link
 * org.peft4j.transformers.llama.LlamaConfig} knows.
 */
@NullMarked
package org.peft4j.transformers.llama;

import org.jspecify.annotations.NullMarked;
