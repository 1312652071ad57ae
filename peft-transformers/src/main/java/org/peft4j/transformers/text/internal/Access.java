package org.peft4j.transformers.text.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code a.b}, {@code a[b]} and {@code a[b:c:d]}. Nothing is looked up on Java objects. */
final class Access {

    private Access() {}

    /** An attribute of the value, else its item. */
    static Object attribute(Object base, String name, Budget budget) {
        Object found = ownAttribute(base, name);
        return found == null ? item(base, name, budget) : found;
    }

    /** The item of a value, else its attribute. */
    static Object subscript(Object base, Object key, Budget budget) {
        Object item = item(base, key, budget);
        if (item instanceof Undefined && Values.isText(key)) {
            Object found = ownAttribute(base, Values.requireText(key));
            return found == null ? item : found;
        }
        return item;
    }

    /** What Python's {@code getattr} finds, or null. */
    static @Nullable Object ownAttribute(Object base, String name) {
        if (base instanceof Undefined undefined) {
            if (name.startsWith("__")) {
                return null;
            }
            throw undefined.error();
        }
        if (base instanceof Namespace namespace) {
            return namespace.get(name);
        }
        if (base instanceof LoopState loop) {
            return loop.get(name);
        }
        if (base instanceof Cycler cycler) {
            return cycler.get(name);
        }
        if (base instanceof Macro macro) {
            return macro.get(name);
        }
        if (base instanceof Functions.DictType type) {
            return name.equals("fromkeys") ? (Callable) type::fromKeys : null;
        }
        return Methods.find(base, name);
    }

    static Object item(Object base, Object key, Budget budget) {
        Object found = null;
        if (base instanceof Undefined undefined) {
            throw undefined.error();
        }
        if (base instanceof Map<?, ?> map) {
            boolean hashable =
                    !(key instanceof Map || (key instanceof List && !(key instanceof Tuple)));
            found = hashable ? Dicts.get(map, key) : null;
        } else if (Numbers.isWhole(key) && isSequence(base)) {
            found = at(base, Values.whole(key), budget);
        }
        return found == null ? Undefined.attribute(base, key) : found;
    }

    private static boolean isSequence(Object base) {
        return base instanceof List || base instanceof Range || Values.isText(base);
    }

    private static @Nullable Object at(Object base, long index, Budget budget) {
        if (Values.isText(base)) {
            String text = Values.requireText(base);
            budget.read(text.length());
            int length = text.codePointCount(0, text.length());
            long at = index < 0 ? index + length : index;
            if (at < 0 || at >= length) {
                return null;
            }
            String one = Character.toString(text.codePointAt(text.offsetByCodePoints(0, (int) at)));
            return base instanceof Markup ? new Markup(one) : one;
        }
        long length = Values.length(base);
        long at = index < 0 ? index + length : index;
        if (at < 0 || at >= length) {
            return null;
        }
        return base instanceof Range range ? range.get((int) at) : ((List<?>) base).get((int) at);
    }

    static Object slice(Object base, Object start, Object stop, Object step, Budget budget) {
        if (base instanceof Undefined undefined) {
            throw undefined.error();
        }
        if (!isSequence(base)) {
            throw new JinjaException("a " + Values.typeName(base) + " cannot be sliced");
        }
        int length = (int) Values.length(base);
        Slice slice = Slice.of(length, start, stop, step);
        if (Values.isText(base)) {
            String text = Values.requireText(base);
            budget.read(text.length());
            String part = slice.of(text, length, budget);
            return base instanceof Markup ? new Markup(part) : part;
        }
        if (base instanceof Range range) {
            return new Range(
                    range.start() + slice.start() * range.step(),
                    range.start() + slice.stop() * range.step(),
                    range.step() * slice.step());
        }
        budget.makeItems(slice.count());
        List<?> list = (List<?>) base;
        List<Object> out = new ArrayList<>(slice.count());
        for (int i = 0; i < slice.count(); i++) {
            out.add(list.get(slice.at(i)));
        }
        return Arithmetic.like(list, out);
    }
}
