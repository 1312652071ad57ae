/**
 * LoRA (Hu et al. 2021): a frozen weight learns a low-rank change, W + (α/r)·BA.
 *
 * <p>{@link org.peft4j.lora.LoraConfig} says where and how; give it to {@link
 * org.peft4j.core.PeftModel#add}. {@link org.peft4j.lora.LoraMethod} is found by itself and turns
 * it into trainable factors at the linears and embeddings that it selects. Files are those of
 * Python's {@code peft}, in both directions.
 *
 * <p>With {@link org.peft4j.lora.LoraConfig#useGating} it is UniPELT's part (Mao et al. 2022,
 * "UniPELT: A unified framework for parameter-efficient language model tuning"): W x + g(x)·BA x.
 * The files of {@code peft} have no words for gates, so such an adapter is of a type of its own,
 * {@code GATED_LORA}, which {@code peft} refuses; the {@code adapters} library reads what {@code
 * peft-adapter} writes in AdapterHub's format.
 */
@NullMarked
package org.peft4j.lora;

import org.jspecify.annotations.NullMarked;
