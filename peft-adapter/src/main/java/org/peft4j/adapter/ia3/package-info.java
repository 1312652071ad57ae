/**
 * IA3, infused adapter by inhibiting and amplifying inner activations (Liu et al. 2022, "Few-Shot
 * Parameter-Efficient Fine-Tuning is Better and Cheaper than In-Context Learning", section 3.3):
 * learned vectors l_k, l_v and l_ff that scale keys, values and the inner activations of the
 * feed-forward.
 *
 * <p>{@link org.peft4j.adapter.ia3.Ia3Config} says where; give it to {@link
 * org.peft4j.core.PeftModel#add}. {@link org.peft4j.adapter.ia3.Ia3Method} is found by itself.
 * Files are those of Python's {@code peft}, in both directions.
 */
@NullMarked
package org.peft4j.adapter.ia3;

import org.jspecify.annotations.NullMarked;
