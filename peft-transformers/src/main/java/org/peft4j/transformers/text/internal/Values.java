package org.peft4j.transformers.text.internal;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * What values are to Python. A value is {@link None}, {@link Undefined}, a Boolean, a Long or
 * beyond its range a BigInteger, a Double, a String or {@link Markup}, a List or {@link Tuple}, a
 * Map, {@link DictView}, {@link Range}, {@link Generator}, {@link Namespace}, {@link LoopState},
 * {@link Cycler} or {@link Callable}.
 */
final class Values {

    private Values() {}

    static boolean truth(Object value) {
        if (value instanceof Boolean b) {
            return b;
        }
        if (value instanceof Double number) {
            return number != 0;
        }
        if (value instanceof Long number) {
            return number != 0;
        }
        return hasLength(value) ? length(value) > 0 : value != None.NONE;
    }

    static String typeName(Object value) {
        if (isText(value)) {
            return "str";
        }
        if (value instanceof Boolean) {
            return "bool";
        }
        if (value instanceof Long || value instanceof BigInteger) {
            return "int";
        }
        if (value instanceof Double) {
            return "float";
        }
        if (value instanceof List) {
            return value instanceof Tuple ? "tuple" : "list";
        }
        if (value instanceof Map) {
            return "dict";
        }
        if (value instanceof DictView view) {
            return "dict_" + view.kind();
        }
        return value == None.NONE
                ? "None"
                : value instanceof Callable
                        ? "function"
                        : value.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT);
    }

    static boolean isText(Object value) {
        return value instanceof String || value instanceof Markup;
    }

    static String requireText(Object value) {
        if (value instanceof String text) {
            return text;
        }
        if (value instanceof Markup markup) {
            return markup.text();
        }
        throw value instanceof Undefined undefined
                ? undefined.error()
                : new JinjaException("a text is needed but there is a " + typeName(value));
    }

    /** What {@code str} gives. */
    static String text(Object value, Budget budget) {
        if (value instanceof String text) {
            return text;
        }
        if (value instanceof Markup markup) {
            return markup.text();
        }
        return value instanceof Undefined ? "" : Representation.of(value, budget);
    }

    /** What {@code for} goes through. */
    static List<Object> items(Object value, Budget budget) {
        if (value instanceof Generator generator) {
            List<Object> items = new ArrayList<>();
            for (Iterator<Object> left = generator.items(); left.hasNext(); ) {
                items.add(left.next());
                budget.spend(1);
            }
            return budget.pay(items);
        }
        if (value instanceof Undefined) {
            return new ArrayList<>();
        }
        if (!hasLength(value)) {
            throw new JinjaException("a " + typeName(value) + " has no items to go through");
        }
        budget.makeItems(isText(value) ? 2 * length(value) : length(value));
        if (value instanceof List<?> list) {
            return new ArrayList<>(list);
        }
        if (value instanceof Map<?, ?> map) {
            return new ArrayList<>(map.keySet());
        }
        if (value instanceof DictView view) {
            return view.list();
        }
        List<Object> items = new ArrayList<>();
        if (value instanceof Range range) {
            for (int i = 0; i < range.size(); i++) {
                items.add(range.get(i));
            }
        } else {
            requireText(value).codePoints().forEach(c -> items.add(Character.toString(c)));
        }
        return items;
    }

    static Iterator<Object> iterator(Object value, Budget budget) {
        return value instanceof Generator generator
                ? generator.items()
                : items(value, budget).iterator();
    }

    static boolean hasLength(Object value) {
        return isText(value)
                || value instanceof List
                || value instanceof Map
                || value instanceof DictView
                || value instanceof Range
                || value instanceof Undefined;
    }

    static boolean isIterable(Object value) {
        return hasLength(value) || value instanceof Generator || value instanceof LoopState;
    }

    /** The number of items, or of code points. */
    static long length(Object value) {
        if (isText(value)) {
            String text = requireText(value);
            return text.codePointCount(0, text.length());
        }
        if (value instanceof List<?> list) {
            return list.size();
        }
        if (value instanceof Map<?, ?> map) {
            return map.size();
        }
        if (value instanceof DictView view) {
            return view.map().size();
        }
        if (value instanceof Range range) {
            return range.size();
        }
        if (value instanceof Undefined) {
            return 0;
        }
        throw new JinjaException("a " + typeName(value) + " has no length");
    }

    /** A whole number that counts or is an index; one that is beyond a long is the last long. */
    static long whole(Object value) {
        if (value instanceof Long number) {
            return number;
        }
        if (value instanceof Boolean b) {
            return b ? 1 : 0;
        }
        if (value instanceof BigInteger big) {
            return big.signum() > 0 ? Long.MAX_VALUE : Long.MIN_VALUE;
        }
        throw value instanceof Undefined undefined
                ? undefined.error()
                : new JinjaException("a " + typeName(value) + " is not a whole number");
    }
}
