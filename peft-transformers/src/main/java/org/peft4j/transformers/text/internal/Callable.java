package org.peft4j.transformers.text.internal;

/** A function of a template: a global one, a method bound to its value, or a macro. */
@FunctionalInterface
interface Callable {
    Object call(Arguments arguments, Budget budget);
}
