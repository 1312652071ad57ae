package org.peft4j.transformers.text.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code a.b}, {@code a[b]} and {@code a[b:c:d]}. Nothing is looked up on Java objects. */
final class Access {

    private Access() {}

    /** A method of the value, else its item. */
    static Object attribute(Object base, String name, Budget budget) {
        if (base instanceof Undefined undefined) {
            throw undefined.error();
        }
        if (base instanceof Namespace namespace) {
            return namespace.get(name);
        }
        if (base instanceof LoopState loop) {
            return loop.get(name);
        }
        Callable method = Methods.find(base, name, budget);
        return method == null ? item(base, name) : method;
    }

    /** The item of a value, else its method. */
    static Object subscript(Object base, Object key, Budget budget) {
        if (base instanceof Undefined undefined) {
            throw undefined.error();
        }
        Object item = item(base, key);
        return item instanceof Undefined && key instanceof String name
                ? attribute(base, name, budget)
                : item;
    }

    static Object item(Object base, Object key) {
        Object found = null;
        if (base instanceof Undefined undefined) {
            throw undefined.error();
        }
        if (base instanceof Map<?, ?> map) {
            found = map.get(Python.key(key));
        } else if (key instanceof Long index && base instanceof List<?> list) {
            long at = index < 0 ? index + list.size() : index;
            found = at >= 0 && at < list.size() ? list.get((int) at) : null;
        } else if (key instanceof Long index && base instanceof String text) {
            int length = text.codePointCount(0, text.length());
            long at = index < 0 ? index + length : index;
            found =
                    at >= 0 && at < length
                            ? Character.toString(
                                    text.codePointAt(text.offsetByCodePoints(0, (int) at)))
                            : null;
        }
        return found == null ? Undefined.attribute(base, key) : found;
    }

    static Object slice(Object base, Object start, Object stop, Object step) {
        if (base instanceof String text) {
            if (text.isEmpty()) {
                return "";
            }
            StringBuilder out = new StringBuilder();
            int[] codePoints = text.codePoints().toArray();
            for (int i : indices(codePoints.length, start, stop, step)) {
                out.appendCodePoint(codePoints[i]);
            }
            return out.toString();
        }
        if (base instanceof List<?> list) {
            List<Object> out = new ArrayList<>();
            for (int i : indices(list.size(), start, stop, step)) {
                out.add(list.get(i));
            }
            return out;
        }
        if (base instanceof Undefined undefined) {
            throw undefined.error();
        }
        throw new JinjaException("a " + Python.typeName(base) + " cannot be sliced");
    }

    /** The indices of Python's {@code slice(start, stop, step).indices(length)}. */
    private static int[] indices(int length, Object start, Object stop, Object step) {
        long by = step == None.NONE ? 1 : Python.whole(step);
        if (by == 0) {
            throw new JinjaException("the step of a slice is 0");
        }
        long from = bound(start, length, by, by > 0 ? 0 : length - 1);
        long to = bound(stop, length, by, by > 0 ? length : -1);
        long count = by > 0 ? (to - from + by - 1) / by : (from - to - by - 1) / -by;
        int[] indices = new int[(int) Math.max(0, Math.min(count, length))];
        for (int i = 0; i < indices.length; i++) {
            indices[i] = (int) (from + i * by);
        }
        return indices;
    }

    private static long bound(Object value, int length, long step, long otherwise) {
        if (value == None.NONE) {
            return otherwise;
        }
        long index = Python.whole(value);
        long low = step > 0 ? 0 : -1;
        long high = step > 0 ? length : length - 1;
        return Math.max(low, Math.min(index < 0 ? index + length : index, high));
    }
}
