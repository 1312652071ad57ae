/**
 * Context-aware prompt tuning, CPT (Blau et al. 2024): the virtual tokens are a few examples with
 * their labels, as in-context learning puts them before a text. A bounded change of their
 * embeddings is trained, on the labels in the context as well as on those of the text. For causal
 * language models.
 *
 * <pre>{@code
 * CptTemplate template = CptTemplate.builder()
 *         .input(ids("review: "), ids(""))
 *         .intraSeparator(ids(" "))
 *         .output(ids("sentiment: "), ids(""))
 *         .interSeparator(ids("\n"))
 *         .build();
 * CptConfig config = CptConfig.builder()
 *         .context(template.context(examples))
 *         .weighting(LossWeighting.decay(0.95))
 *         .build();
 * }</pre>
 */
@NullMarked
package org.peft4j.prompt.cpt;

import org.jspecify.annotations.NullMarked;
