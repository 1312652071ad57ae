package org.peft4j.train.data;

/** The order of the examples in an epoch. */
public enum BatchOrder {
    /** As they were given, the same in every epoch. */
    AS_GIVEN,
    /** Another random order in every epoch. */
    SHUFFLED,
    /**
     * Another random order in every epoch, with examples of similar length in a batch: less
     * padding, slightly less random.
     */
    GROUPED_BY_LENGTH
}
