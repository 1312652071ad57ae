/**
 * Prefix tuning (Li and Liang 2021) and P-tuning v2 (Liu et al. 2022): trained keys and values
 * before those of every layer.
 *
 * <p>In every self attention of a decoder, or of an encoder that stands alone, the keys and values
 * of the sequence [K; V] become [P_K, K; P_V, V]. Every query sees the prefix, and the sequence's
 * positions are counted as if it came behind as many tokens. Of an encoder-decoder it is the
 * decoder that gets the prefix, as in Python's {@code peft}; cross attention can have one of its
 * own, which {@code peft} has not. Where a base decodes with a cache, the prefix lies at the
 * cache's beginning from the first pass on.
 *
 * <p>With {@code prefix_projection} the prefix is made by an encoder in training: P = W₂ tanh(W₁ e
 * + b₁) + b₂ of learned embeddings e. What it makes is all that inference needs; the encoder itself
 * is kept in {@code prompt_encoder.safetensors} beside the adapter.
 *
 * <p>{@link org.peft4j.prompt.prefix.AttentionPrefixConfig} is prefix tuning as the {@code
 * adapters} library (AdapterHub) has it, the part of MAM and UniPELT: the positions of the sequence
 * do not move, encoder, decoder and cross attention have matrices of their own, the encoder of the
 * prefix is a part of the adapter for good, and gates may weaken the prefix in each row. Python's
 * {@code peft} computes otherwise and has no gates, so its adapters are of a type of their own,
 * {@code ATTENTION_PREFIX}, which {@code peft} refuses.
 *
 * <p>All parts of a prefix lie in one matrix P of shape [tokens, layers · 2 · heads · d], saved as
 * {@code prompt_embeddings}: by layer, keys before values, by head.
 */
@NullMarked
package org.peft4j.prompt.prefix;

import org.jspecify.annotations.NullMarked;
