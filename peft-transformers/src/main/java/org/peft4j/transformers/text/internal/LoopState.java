package org.peft4j.transformers.text.internal;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a template sees as {@code loop}. */
final class LoopState {

    private final List<Object> items;
    private final int depth;
    private final @Nullable Callable recursion;
    private int index;
    private @Nullable List<Object> changed;

    /**
     * The state of a loop.
     *
     * @param depth how many loops of the same tag are around it
     * @param recursion what runs the loop over other items, if it is recursive
     */
    LoopState(List<Object> items, int depth, @Nullable Callable recursion) {
        this.items = items;
        this.depth = depth;
        this.recursion = recursion;
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
            case "previtem" -> item(index - 1);
            case "nextitem" -> item(index + 1);
            case "cycle" -> (Callable) this::cycle;
            case "changed" -> (Callable) this::changed;
            default -> new Undefined("'loop' has no attribute '" + name + "'");
        };
    }

    Object call(Arguments arguments, Budget budget) {
        if (recursion == null) {
            throw new JinjaException("a loop that is not recursive cannot be called");
        }
        return recursion.call(arguments, budget);
    }

    private Object item(int at) {
        return at >= 0 && at < items.size()
                ? items.get(at)
                : new Undefined("there is no item before or behind");
    }

    private Object cycle(Arguments given, Budget budget) {
        Arguments arguments = given.count(0, Integer.MAX_VALUE);
        if (arguments.positional().isEmpty()) {
            throw new JinjaException("there are no items to cycle through");
        }
        return arguments.positional().get(index % arguments.positional().size());
    }

    private Object changed(Arguments given, Budget budget) {
        Arguments arguments = given.count(0, Integer.MAX_VALUE);
        boolean same =
                changed != null && Comparisons.equal(arguments.positional(), changed, budget);
        changed = arguments.positional();
        return !same;
    }

    @Override
    public String toString() {
        return "<LoopContext " + (index + 1) + "/" + items.size() + ">";
    }
}
