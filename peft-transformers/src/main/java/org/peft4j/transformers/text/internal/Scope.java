package org.peft4j.transformers.text.internal;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Variables that are visible at one place of a template. A loop, a macro and a block have their own
 * and see those around their definition; an {@code if} has none.
 */
final class Scope {

    private final @Nullable Scope parent;
    private final Map<String, Object> values = new HashMap<>();

    private Scope(@Nullable Scope parent) {
        this.parent = parent;
    }

    static Scope root() {
        return new Scope(null);
    }

    Scope child() {
        return new Scope(this);
    }

    /** Returns the scope of the whole template, behind the one of its functions and input. */
    Scope template() {
        Scope scope = this;
        while (scope.parent != null && scope.parent.parent != null) {
            scope = scope.parent;
        }
        return scope;
    }

    void set(String name, Object value) {
        values.put(name, value);
    }

    Object get(String name) {
        for (Scope scope = this; scope != null; scope = scope.parent) {
            Object value = scope.values.get(name);
            if (value != null) {
                return value;
            }
        }
        return Undefined.variable(name);
    }
}
