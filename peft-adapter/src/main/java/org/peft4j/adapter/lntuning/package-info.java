/**
 * LN tuning (Zhao et al. 2023, "Tuning LayerNorm in Attention: Towards Efficient Multi-Modal LLM
 * Finetuning"): of a transformer, only the gains and biases of its norms are trained.
 *
 * <p>{@link org.peft4j.adapter.lntuning.LnTuningConfig} says which; give it to {@link
 * org.peft4j.core.PeftModel#add}. {@link org.peft4j.adapter.lntuning.LnTuningMethod} is found by
 * itself. Files are those of Python's {@code peft}, in both directions.
 */
@NullMarked
package org.peft4j.adapter.lntuning;

import org.jspecify.annotations.NullMarked;
