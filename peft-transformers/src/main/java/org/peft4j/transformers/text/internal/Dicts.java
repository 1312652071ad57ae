package org.peft4j.transformers.text.internal;

import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Python's dicts as maps: numbers that are equal are one key, which stays as it was first. */
final class Dicts {

    private Dicts() {}

    static @Nullable Object get(Map<?, ?> map, Object key) {
        Object value = map.get(hashable(key));
        if (value == null && Numbers.isNumber(key)) {
            for (Object other : sameKeys(key)) {
                Object found = map.get(other);
                if (found != null) {
                    return found;
                }
            }
        }
        return value;
    }

    static void put(Map<Object, Object> map, Object key, Object value) {
        Object place = hashable(key);
        if (Numbers.isNumber(key) && !map.containsKey(key)) {
            for (Object other : sameKeys(key)) {
                if (map.containsKey(other)) {
                    place = other;
                    break;
                }
            }
        }
        map.put(place, value);
    }

    private static Object hashable(Object key) {
        if (key instanceof Markup markup) {
            return markup.text();
        }
        boolean mutable = key instanceof Map || (key instanceof List && !(key instanceof Tuple));
        if (mutable || key instanceof DictView) {
            throw new JinjaException("a " + Values.typeName(key) + " cannot be a key");
        }
        if (key instanceof Tuple tuple) {
            tuple.forEach(Dicts::hashable);
        }
        return key instanceof Double zero && zero == 0 ? (Object) 0.0 : key;
    }

    /** The other ways to write a number that is a key. */
    private static List<Object> sameKeys(Object number) {
        double real = number instanceof BigInteger big ? big.doubleValue() : Numbers.real(number);
        Object whole = real == Math.rint(real) && Math.abs(real) < 1L << 53 ? (long) real : number;
        return real == 0 || real == 1
                ? List.of(whole, real == 0 ? (Object) 0.0 : real, real == 1)
                : Comparisons.number(number, real) == 0 ? List.of(whole, real) : List.of(number);
    }

    /** What {@code dict(…)} makes. */
    static Map<Object, Object> of(Arguments arguments, Budget budget) {
        Map<Object, Object> entries = new LinkedHashMap<>();
        if (arguments.positional().size() > 1) {
            throw new JinjaException("dict takes one argument without a name");
        }
        for (Object source : arguments.positional()) {
            if (source instanceof Map<?, ?> map) {
                entries.putAll(map);
            } else {
                for (Object pair : Values.items(source, budget)) {
                    List<Object> two = Values.items(pair, budget);
                    if (two.size() != 2) {
                        throw new JinjaException("an entry of a dict is no pair");
                    }
                    put(entries, two.get(0), two.get(1));
                }
            }
        }
        entries.putAll(arguments.named());
        return entries;
    }
}
