package org.peft4j.transformers.text.internal;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The attributes of Python's types that do not change a value. */
final class Methods {

    /** What the sandbox hides, because it would change the value. */
    private static final Set<String> CHANGING_LIST =
            Set.of("append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort");

    private static final Set<String> CHANGING_DICT =
            Set.of("clear", "pop", "popitem", "setdefault", "update");

    private Methods() {}

    /** Finds an attribute, or null. */
    static @Nullable Object find(Object base, String name) {
        if (base instanceof String text) {
            return TextMethods.find(text, name);
        }
        if (base instanceof Markup markup) {
            return ofMarkup(TextMethods.find(markup.text(), name));
        }
        if (base instanceof Map<?, ?> map) {
            return CHANGING_DICT.contains(name) ? hidden(name) : ofDict(map, name);
        }
        if (base instanceof List<?> list) {
            return CHANGING_LIST.contains(name) && !(base instanceof Tuple)
                    ? hidden(name)
                    : ofList(list, name);
        }
        if (base instanceof Range range) {
            return switch (name) {
                case "start" -> range.start();
                case "stop" -> range.stop();
                case "step" -> range.step();
                default -> name.equals("copy") ? null : ofList(range.list(), name);
            };
        }
        if (base instanceof DictView) {
            return name.equals("mapping") || name.equals("isdisjoint") ? unsupported(name) : null;
        }
        return Numbers.isNumber(base) ? ofNumber(base, name) : null;
    }

    /** Undefined, as in the sandbox. */
    private static Undefined hidden(String name) {
        return new Undefined("a template cannot call '" + name + "': values are fixed");
    }

    static Callable unsupported(String name) {
        return (arguments, budget) -> {
            throw new JinjaException("'" + name + "' is not supported in chat templates here");
        };
    }

    private static @Nullable Object ofMarkup(@Nullable Object method) {
        if (!(method instanceof Callable callable)) {
            return method;
        }
        return (Callable)
                (arguments, budget) -> {
                    Object result = callable.call(arguments, budget);
                    if (arguments.positional().stream().anyMatch(Values::isText)
                            || !arguments.named().isEmpty()
                            || result instanceof List) {
                        throw new JinjaException(
                                "a text that is escaped or safe takes no arguments here;"
                                        + " use it without the filter");
                    }
                    return result instanceof String text ? new Markup(text) : result;
                };
    }

    private static @Nullable Object ofDict(Map<?, ?> map, String name) {
        return switch (name) {
            case "get" ->
                    (Callable)
                            (arguments, budget) -> {
                                arguments.count(1, 2);
                                Object value = Dicts.get(map, arguments.get(0));
                                return value == null ? arguments.get(1, None.NONE) : value;
                            };
            case "items", "keys", "values" ->
                    (Callable)
                            (arguments, budget) -> {
                                arguments.count(0, 0);
                                return new DictView(map, name);
                            };
            case "copy" -> (Callable) (arguments, budget) -> copy(map, arguments);
            case "fromkeys" -> unsupported(name);
            default -> null;
        };
    }

    private static Object copy(Object value, Arguments arguments) {
        arguments.count(0, 0);
        return value;
    }

    private static @Nullable Object ofList(List<?> list, String name) {
        if (list instanceof Tuple tuple && tuple.named(name) >= 0) {
            return tuple.get(tuple.named(name));
        }
        return switch (name) {
            case "index" -> (Callable) (arguments, budget) -> index(list, arguments, budget);
            case "count" ->
                    (Callable)
                            (arguments, budget) -> {
                                arguments.count(1, 1);
                                Object wanted = arguments.get(0);
                                return list.stream()
                                        .filter(item -> equal(item, wanted, budget))
                                        .count();
                            };
            case "copy" ->
                    list instanceof Tuple
                            ? null
                            : (Callable) (arguments, budget) -> copy(list, arguments);
            default -> null;
        };
    }

    private static boolean equal(Object item, Object wanted, Budget budget) {
        return item == wanted || Comparisons.equal(item, wanted, budget);
    }

    private static Object index(List<?> list, Arguments arguments, Budget budget) {
        arguments.count(1, 3);
        Slice slice =
                Slice.of(
                        list.size(),
                        arguments.get(1, None.NONE),
                        arguments.get(2, None.NONE),
                        None.NONE);
        for (int i = 0; i < slice.count(); i++) {
            if (equal(list.get(slice.at(i)), arguments.get(0), budget)) {
                return (long) slice.at(i);
            }
        }
        throw new JinjaException("a value is not in the list");
    }

    private static @Nullable Object ofNumber(Object number, String name) {
        boolean real = number instanceof Double;
        return switch (name) {
            case "real" -> Arithmetic.sign(number, false);
            case "imag" -> real ? (Object) 0.0 : (Object) 0L;
            case "numerator" -> real ? null : Arithmetic.sign(number, false);
            case "denominator" -> real ? null : (Object) 1L;
            case "conjugate" -> method(Arithmetic.sign(number, false));
            case "bit_length" -> real ? null : method((long) Numbers.big(number).abs().bitLength());
            case "bit_count" -> real ? null : method((long) Numbers.big(number).abs().bitCount());
            case "is_integer" -> real ? method(isInteger((Double) number)) : null;
            case "as_integer_ratio" -> ratio(number);
            case "hex", "fromhex" -> real ? unsupported(name) : null;
            case "to_bytes", "from_bytes" -> real ? null : unsupported(name);
            default -> null;
        };
    }

    private static boolean isInteger(double value) {
        return Double.isFinite(value) && value == Math.rint(value);
    }

    private static Callable method(Object result) {
        return (arguments, budget) -> {
            arguments.count(0, 0);
            return result;
        };
    }

    private static Callable ratio(Object number) {
        return (arguments, budget) -> {
            arguments.count(0, 0);
            if (!(number instanceof Double real)) {
                return Tuple.of(Arithmetic.sign(number, false), 1L);
            }
            Numbers.truncated(real);
            BigDecimal exact = new BigDecimal(real);
            BigInteger below = BigInteger.TEN.pow(Math.max(0, exact.scale()));
            BigInteger above = exact.movePointRight(Math.max(0, exact.scale())).toBigInteger();
            BigInteger common = above.gcd(below);
            return Tuple.of(
                    Numbers.whole(above.divide(common)), Numbers.whole(below.divide(common)));
        };
    }
}
