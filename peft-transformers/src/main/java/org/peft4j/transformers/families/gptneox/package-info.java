/**
 * GPT-NeoX ({@code gpt_neox}), the family of Pythia: partly rotated heads, one projection for
 * queries, keys and values, attention and feed-forward side by side.
 */
@NullMarked
package org.peft4j.transformers.families.gptneox;

import org.jspecify.annotations.NullMarked;
