/**
 * T5 (Raffel et al. 2020): {@code t5}, which is v1.0, v1.1 and FLAN, and {@code mt5}. They differ
 * in the feed-forward and in whether the head is the embedding table, behind scaled hidden states.
 */
@NullMarked
package org.peft4j.transformers.families.t5;

import org.jspecify.annotations.NullMarked;
