package org.peft4j.transformers.text.internal;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Jinja's {@code cycler(…)}: gives its items in turn. */
final class Cycler {

    private final List<Object> items;
    private int at;

    Cycler(List<Object> items) {
        if (items.isEmpty()) {
            throw new JinjaException("there are no items to cycle through");
        }
        this.items = items;
    }

    @Nullable Object get(String name) {
        return switch (name) {
            case "current" -> items.get(at);
            case "items" -> Tuple.copyOf(items);
            case "pos" -> (long) at;
            case "next" -> (Callable) this::next;
            case "reset" -> (Callable) this::reset;
            default -> null;
        };
    }

    private Object next(Arguments arguments, Budget budget) {
        arguments.count(0, 0);
        Object item = items.get(at);
        at = (at + 1) % items.size();
        return item;
    }

    private Object reset(Arguments arguments, Budget budget) {
        arguments.count(0, 0);
        at = 0;
        return None.NONE;
    }
}
