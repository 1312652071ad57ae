package org.peft4j.core;

/** What a model's head does; the names are peft's {@code task_type}. */
public enum TaskType {
    CAUSAL_LM,
    SEQ_2_SEQ_LM,
    SEQ_CLS,
    TOKEN_CLS,
    QUESTION_ANS,
    FEATURE_EXTRACTION
}
