/**
 * P-tuning (Liu et al. 2021, "GPT Understands, Too"): a small network computes the virtual tokens
 * and is trained in their stead. What it makes is all that inference needs and all that Python's
 * peft saves; the network is kept in {@code prompt_encoder.safetensors} beside it.
 */
@NullMarked
package org.peft4j.prompt.ptuning;

import org.jspecify.annotations.NullMarked;
