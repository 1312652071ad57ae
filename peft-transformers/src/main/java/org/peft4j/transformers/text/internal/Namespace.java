package org.peft4j.transformers.text.internal;

import java.util.LinkedHashMap;
import java.util.Map;

/** Jinja's {@code namespace()}: the one value that changes, so that a loop can hand results out. */
final class Namespace {

    private final Map<Object, Object> values = new LinkedHashMap<>();

    Object get(String name) {
        return values.getOrDefault(name, Undefined.attribute(this, name));
    }

    void set(Object name, Object value) {
        if (name instanceof String text && text.startsWith("_")) {
            throw new JinjaException("a namespace cannot hold the name '" + name + "'");
        }
        values.put(name, value);
    }

    Map<Object, Object> values() {
        return values;
    }
}
