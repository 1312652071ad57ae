package org.peft4j.transformers.generation;

/** When beam search ends for a prompt that has as many ended texts as beams. */
public enum EarlyStopping {

    /** At once; {@code true} in {@code generation_config.json}. */
    WHEN_FULL,

    /**
     * When the best running beam, at its present length, scores below the worst ended text; {@code
     * false}, the default.
     */
    HEURISTIC,

    /**
     * When no running beam can score above the worst ended text, however long it grows; {@code
     * "never"}.
     */
    NEVER
}
