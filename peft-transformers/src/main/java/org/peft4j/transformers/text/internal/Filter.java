package org.peft4j.transformers.text.internal;

/** A filter of a value. */
@FunctionalInterface
interface Filter {
    Object apply(Object value, Arguments arguments, Budget budget);
}
