/**
 * How gradients become a step: {@link org.peft4j.train.optim.GradientClipping}, then {@link
 * org.peft4j.train.optim.AdamW} at the learning rate of a {@link org.peft4j.train.optim.Schedule}.
 *
 * <p>Each gives the numbers of its namesake in Python ({@code torch.nn.utils.clip_grad_norm_},
 * {@code torch.optim.AdamW}, {@code transformers.get_scheduler}), and each is usable alone.
 */
@NullMarked
package org.peft4j.train.optim;

import org.jspecify.annotations.NullMarked;
