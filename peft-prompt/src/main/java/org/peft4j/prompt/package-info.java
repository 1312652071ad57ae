/**
 * Methods that learn a soft prompt. Here: prompt tuning (Lester et al. 2021), which trains virtual
 * tokens in front of the embedded input, {@link org.peft4j.prompt.PromptEnsemble ensembles} of
 * prompts that vote, and a {@link org.peft4j.prompt.PromptReader reader} that says which tokens a
 * prompt is near to. The packages below hold what computes virtual tokens in other ways.
 *
 * <p>What virtual tokens mean to the rest:
 *
 * <ul>
 *   <li>They come before padding on the left, count as positions, and are never masked. The longest
 *       input a base takes is one with them.
 *   <li>Logits are those of the batch's own tokens. A language model's loss also counts the first
 *       token of a row if it has a label: the last virtual token predicts it. Virtual tokens that
 *       have labels themselves, as in {@link org.peft4j.prompt.cpt CPT}, count too.
 *   <li>BERT's kind of classifier reads the first virtual token, as in peft; a decoder's reads the
 *       last token of the text. Answers lie among the text's own tokens.
 *   <li>Rows of a batch may have different ones, or none: shorter prompts are padded on the left.
 *       Results do not depend on it.
 * </ul>
 *
 * <p>This room knows {@code peft-core} and no concrete base model.
 */
@NullMarked
package org.peft4j.prompt;

import org.jspecify.annotations.NullMarked;
