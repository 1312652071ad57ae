package org.peft4j.transformers.text.internal;

/**
 * What a missing variable, key or item is: empty text, false, no items; anything else done with it
 * is an error.
 *
 * @param hint what is missing, such as {@code 'tools' is undefined}
 */
record Undefined(String hint) {

    static Undefined variable(String name) {
        return new Undefined("'" + name + "' is undefined");
    }

    static Undefined attribute(Object base, Object name) {
        return new Undefined(
                "'" + Python.typeName(base) + " object' has no attribute '" + name + "'");
    }

    JinjaException error() {
        return new JinjaException(hint);
    }
}
