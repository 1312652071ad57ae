/**
 * LoRA (Hu et al. 2021): a frozen weight learns a low-rank change, W + (α/r)·BA.
 *
 * <p>{@link org.peft4j.lora.LoraConfig} says where and how; give it to {@link
 * org.peft4j.core.PeftModel#add}. {@link org.peft4j.lora.LoraMethod} is found by itself and turns
 * it into trainable factors at the linears and embeddings that it selects. Files are those of
 * Python's {@code peft}, in both directions.
 */
@NullMarked
package org.peft4j.lora;

import org.jspecify.annotations.NullMarked;
