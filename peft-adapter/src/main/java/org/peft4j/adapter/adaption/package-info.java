/**
 * LLaMA-Adapter (Zhang et al. 2023): learned prompts in the top layers, let in by a gate.
 *
 * <p>In each of the top L self attentions a prompt P of {@code adapter_len} tokens goes through the
 * frozen projections of keys and values, and every query attends to it beside the sequence: output
 * += g · softmax(q k(P)ᵀ / √d) v(P). The gate g starts at 0, so that training begins with the base
 * as it is (zero-init attention). Queries are those that the base compares with its keys, rotated
 * where the base rotates; k(P) has no position.
 *
 * <p>Python's {@code peft} (ADAPTION_PROMPT) knows Llama, Mistral and GPT-2. Here any transformer
 * goes: of an encoder-decoder it is the decoder. Where queries, keys and values come from one
 * projection, the sum is added behind the output projection, as peft does in GPT-2, and before it
 * everywhere else. An {@code o_proj} with a bias adds it a second time, as in peft, whatever the
 * gate.
 */
@NullMarked
package org.peft4j.adapter.adaption;

import org.jspecify.annotations.NullMarked;
