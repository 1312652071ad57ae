/**
 * The Llama family: {@code llama}, {@code mistral}, {@code qwen2} and {@code qwen3}. They differ in
 * where they have biases or norms over heads and in which layers attend through a sliding window;
 * {@link org.peft4j.transformers.families.llama.LlamaConfig} knows.
 */
@NullMarked
package org.peft4j.transformers.families.llama;

import org.jspecify.annotations.NullMarked;
