package org.peft4j.transformers.text.internal;

import org.jspecify.annotations.Nullable;

/**
 * What a missing variable, key or item is: empty text, false, no items; anything else done with it
 * is an error. All are equal.
 *
 * @param hint what is missing, such as {@code 'tools' is undefined}
 */
record Undefined(String hint) {

    static Undefined variable(String name) {
        return new Undefined("'" + name + "' is undefined");
    }

    static Undefined attribute(Object base, Object name) {
        String key = name instanceof String || name instanceof Long ? "'" + name + "'" : "that key";
        return new Undefined("a " + Values.typeName(base) + " has no " + key);
    }

    JinjaException error() {
        return new JinjaException(hint);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Undefined;
    }

    @Override
    public int hashCode() {
        return 0;
    }
}
