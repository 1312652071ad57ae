/**
 * Methods that place small trained layers between the frozen ones, or train a chosen few of them.
 *
 * <ul>
 *   <li>{@link org.peft4j.adapter.bottleneck Bottleneck adapters} (Houlsby, Pfeiffer, parallel,
 *       Compacter), their {@link org.peft4j.adapter.fusion fusion}, and {@link
 *       org.peft4j.adapter.hub AdapterHub's files}
 *   <li>{@link org.peft4j.adapter.ia3 IA3}, {@link org.peft4j.adapter.adaption LLaMA-Adapter},
 *       {@link org.peft4j.adapter.lntuning LN tuning}, {@link org.peft4j.adapter.tokens trainable
 *       tokens}
 *   <li>the {@link org.peft4j.adapter.selective selective methods} with BitFit and full fine-tuning
 *       among them
 * </ul>
 *
 * <p>A {@link org.peft4j.adapter.Union} trains several adapters, of whatever methods, under one
 * name. This room knows {@code peft-core} and no concrete base model.
 */
@NullMarked
package org.peft4j.adapter;

import org.jspecify.annotations.NullMarked;
