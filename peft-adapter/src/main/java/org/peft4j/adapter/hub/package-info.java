/**
 * AdapterHub's files: bottleneck adapters, prefixes, LoRA, unions of them (MAM, UniPELT) and
 * fusions of the {@code adapters} library (Poth et al. 2023, "Adapters: a unified library for
 * parameter-efficient and modular transfer learning"), read and written.
 *
 * <p>Not read: the architectures {@code prompt_tuning}, {@code reft} and {@code mtl_lora}; IA3,
 * VeRA and DoRA, which are settings of {@code lora} there; invertible adapters; LoRA where queries,
 * keys and values are one matrix, because the library keeps factors for each of them; prefixes on
 * bases with relative positions (T5), where it counts distances as if the prefix stood inside the
 * sequence.
 */
@NullMarked
package org.peft4j.adapter.hub;

import org.jspecify.annotations.NullMarked;
