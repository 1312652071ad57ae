/**
 * The parts that families of transformers are put together from; each exists once.
 *
 * <p>A family is a package of its own in {@code families}: a record that reads and checks its
 * {@code config.json}, and a class whose {@code open} asks {@link
 * org.peft4j.transformers.parts.Modules} for injection points under Hugging Face's paths and puts
 * them into parts. A layer is made of {@link org.peft4j.transformers.parts.layers.Sublayer
 * sublayers}, one after the other in a {@link org.peft4j.transformers.parts.layers.SequentialLayer}
 * or beside each other in a {@link org.peft4j.transformers.parts.layers.ParallelLayer}. A decoder
 * becomes a {@link org.peft4j.transformers.parts.DecoderModel} over a {@link
 * org.peft4j.transformers.parts.DecoderStack} of them; where all around the layers is as in Llama,
 * {@link org.peft4j.transformers.parts.RotaryDecoder} does that. An encoder becomes an {@link
 * org.peft4j.transformers.parts.EncoderModel}, and an encoder with a decoder an {@link
 * org.peft4j.transformers.parts.EncoderDecoderModel}. {@link
 * org.peft4j.transformers.parts.DecoderHead}, {@link org.peft4j.transformers.parts.EncoderHeads}
 * and {@link org.peft4j.transformers.parts.EncoderDecoderHeads} give them any task's head. Whatever
 * else a base needs is in {@link org.peft4j.transformers.parts.FrozenBase}. To add a family:
 *
 * <ol>
 *   <li>write the config record; every error names file, field, value and remedy,
 *   <li>write the layer and {@code open}; a part that is missing is added here, for all families,
 *   <li>add its {@code model_type} to {@link org.peft4j.transformers.Checkpoints},
 *   <li>add a golden fixture and its name to the parity test.
 * </ol>
 *
 * <p>Names of tensors that differ between checkpoints of a family (with or without the prefix of
 * the bare transformer, {@code gamma} for {@code weight}) are matched by {@code Modules}; a
 * checkpoint is written with the names that {@code transformers} has today.
 */
@NullMarked
package org.peft4j.transformers.parts;

import org.jspecify.annotations.NullMarked;
