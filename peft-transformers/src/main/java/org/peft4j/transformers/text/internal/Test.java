package org.peft4j.transformers.text.internal;

/** A test of a value: what may stand behind {@code is}. */
@FunctionalInterface
interface Test {
    boolean apply(Object value, Arguments arguments, Budget budget);
}
