package org.peft4j.transformers.generation;

import org.peft4j.transformers.generation.logits.TokenSequence;

/** A text of beam search that has ended. */
record Hypothesis(TokenSequence sequence, float score, FinishReason reason) {}
