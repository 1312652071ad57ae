package org.peft4j.transformers.generation;

import org.jspecify.annotations.Nullable;
import org.peft4j.transformers.generation.logits.TokenSequence;

/**
 * A text of beam search that may go on.
 *
 * @param parent which beam of the step before it continues
 * @param sequence the text
 * @param score the sum of its log-probabilities
 * @param reason why it ends here, or null
 */
record Beam(int parent, TokenSequence sequence, float score, @Nullable FinishReason reason) {

    /** What keeps a beam behind all others, as transformers does: its texts must not be chosen. */
    static final float HANDICAP = -1e9f;

    /** Its score among those that go on. */
    float runningScore() {
        return reason == null ? score : score + HANDICAP;
    }
}
