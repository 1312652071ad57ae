/**
 * Methods that place small trained layers between the frozen ones, or train a chosen few of them:
 * {@link org.peft4j.adapter.ia3 IA3}, {@link org.peft4j.adapter.lntuning LN tuning}, {@link
 * org.peft4j.adapter.tokens trainable tokens}, and the {@link org.peft4j.adapter.selective
 * selective methods} with BitFit and full fine-tuning among them. This room knows {@code peft-core}
 * and no concrete base model.
 */
@NullMarked
package org.peft4j.adapter;

import org.jspecify.annotations.NullMarked;
