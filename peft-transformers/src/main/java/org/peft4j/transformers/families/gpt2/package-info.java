/**
 * GPT-2 ({@code gpt2}): learned positions, layer norms, and linears stored as [in, out] (Conv1D).
 */
@NullMarked
package org.peft4j.transformers.families.gpt2;

import org.jspecify.annotations.NullMarked;
