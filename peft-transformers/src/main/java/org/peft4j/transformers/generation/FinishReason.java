package org.peft4j.transformers.generation;

/** Why a text ended. */
public enum FinishReason {

    /** With an end token, which is its last. */
    END_TOKEN,

    /** With a stop string. */
    STOP_STRING,

    /** It has as many tokens as it may. */
    LENGTH
}
