package org.peft4j.transformers.text.internal;

import java.util.List;

/** What a template sees as {@code loop}. */
final class LoopState {

    private final List<Object> items;
    private final int depth;
    private int index;
    private Object changed = Undefined.variable("changed");

    LoopState(List<Object> items, int depth) {
        this.items = items;
        this.depth = depth;
    }

    void moveTo(int at) {
        index = at;
    }

    Object get(String name) {
        return switch (name) {
            case "index" -> index + 1L;
            case "index0" -> (long) index;
            case "revindex" -> (long) items.size() - index;
            case "revindex0" -> items.size() - index - 1L;
            case "first" -> index == 0;
            case "last" -> index == items.size() - 1;
            case "length" -> (long) items.size();
            case "depth" -> depth + 1L;
            case "depth0" -> (long) depth;
            case "previtem" -> item(index - 1, name);
            case "nextitem" -> item(index + 1, name);
            case "cycle" -> (Callable) this::cycle;
            case "changed" -> (Callable) this::changed;
            default -> new Undefined("'loop' has no attribute '" + name + "'");
        };
    }

    private Object item(int at, String name) {
        return at >= 0 && at < items.size() ? items.get(at) : Undefined.variable(name);
    }

    private Object cycle(Arguments arguments) {
        if (arguments.positional().isEmpty()) {
            throw new JinjaException("there are no items to cycle through");
        }
        return arguments.positional().get(index % arguments.positional().size());
    }

    private Object changed(Arguments arguments) {
        boolean same = arguments.positional().equals(changed);
        changed = arguments.positional();
        return !same;
    }
}
