package org.peft4j.transformers.text.internal;

/** Python's {@code None}; Java's null never is a value here. */
enum None {
    NONE
}
