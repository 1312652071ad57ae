package org.peft4j.transformers.text.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** The methods of texts, lists and dicts that do not change them. */
final class Methods {

    private static final Set<String> CHANGING =
            Set.of(
                    "append",
                    "extend",
                    "insert",
                    "pop",
                    "remove",
                    "clear",
                    "sort",
                    "reverse",
                    "update",
                    "setdefault",
                    "popitem");

    private Methods() {}

    /** Finds a method, or null. */
    static @Nullable Callable find(Object base, String name, Budget budget) {
        Callable found =
                base instanceof String text
                        ? ofText(text, name, budget)
                        : base instanceof Map<?, ?> map
                                ? ofDict(map, name)
                                : base instanceof List<?> list ? ofList(list, name, budget) : null;
        if (found == null
                && CHANGING.contains(name)
                && (base instanceof List || isAbsent(base, name))) {
            return arguments -> {
                throw new JinjaException("a template cannot call '" + name + "': values are fixed");
            };
        }
        return found;
    }

    private static boolean isAbsent(Object base, String name) {
        return base instanceof Map<?, ?> map && !map.containsKey(name);
    }

    private static @Nullable Callable ofDict(Map<?, ?> map, String name) {
        return switch (name) {
            case "get" ->
                    arguments -> {
                        Object value = map.get(Python.key(arguments.require(0, "key")));
                        return value == null ? arguments.get(1, "default", None.NONE) : value;
                    };
            case "items" -> arguments -> pairs(map);
            case "keys" -> arguments -> new ArrayList<Object>(map.keySet());
            case "values" -> arguments -> new ArrayList<Object>(map.values());
            case "copy" -> arguments -> map;
            default -> null;
        };
    }

    static List<Object> pairs(Map<?, ?> map) {
        List<Object> pairs = new ArrayList<>();
        map.forEach((key, value) -> pairs.add(List.of(key, value)));
        return pairs;
    }

    private static @Nullable Callable ofList(List<?> list, String name, Budget budget) {
        return switch (name) {
            case "index" ->
                    arguments -> {
                        for (int i = 0; i < list.size(); i++) {
                            if (Comparisons.equal(
                                    list.get(i), arguments.require(0, "value"), budget)) {
                                return (long) i;
                            }
                        }
                        throw new JinjaException("a value is not in the list");
                    };
            case "count" ->
                    arguments ->
                            list.stream()
                                    .filter(
                                            item ->
                                                    Comparisons.equal(
                                                            item,
                                                            arguments.require(0, "value"),
                                                            budget))
                                    .count();
            case "copy" -> arguments -> list;
            default -> null;
        };
    }

    private static @Nullable Callable ofText(String text, String name, Budget budget) {
        return switch (name) {
            case "strip" -> arguments -> strip(text, arguments, true, true);
            case "lstrip" -> arguments -> strip(text, arguments, true, false);
            case "rstrip" -> arguments -> strip(text, arguments, false, true);
            case "split" -> arguments -> Splits.split(text, arguments, false);
            case "rsplit" -> arguments -> Splits.split(text, arguments, true);
            case "splitlines" -> arguments -> Splits.lines(text, arguments.flag(0, "keepends"));
            case "partition" ->
                    arguments -> Splits.partition(text, arguments.text(0, "sep"), false);
            case "rpartition" ->
                    arguments -> Splits.partition(text, arguments.text(0, "sep"), true);
            case "startswith" -> arguments -> any(arguments, text::startsWith);
            case "endswith" -> arguments -> any(arguments, text::endsWith);
            case "removeprefix" ->
                    arguments -> {
                        String prefix = arguments.text(0, "prefix");
                        return text.startsWith(prefix) ? text.substring(prefix.length()) : text;
                    };
            case "removesuffix" ->
                    arguments -> {
                        String suffix = arguments.text(0, "suffix");
                        return text.endsWith(suffix)
                                ? text.substring(0, text.length() - suffix.length())
                                : text;
                    };
            case "upper" -> arguments -> text.toUpperCase(Locale.ROOT);
            case "lower", "casefold" -> arguments -> text.toLowerCase(Locale.ROOT);
            case "title" -> arguments -> Texts.title(text);
            case "capitalize" -> arguments -> Texts.capitalize(text);
            case "swapcase" -> arguments -> Texts.swapCase(text);
            case "replace" ->
                    arguments ->
                            Texts.replace(
                                    text,
                                    arguments.text(0, "old"),
                                    arguments.text(1, "new"),
                                    arguments.whole(2, "count", -1));
            case "join" ->
                    arguments ->
                            Texts.join(
                                    text,
                                    Python.items(arguments.require(0, "iterable")),
                                    true,
                                    budget);
            case "format" -> arguments -> Formats.braces(text, arguments);
            case "find" -> arguments -> position(text, text.indexOf(arguments.text(0, "sub")));
            case "rfind" -> arguments -> position(text, text.lastIndexOf(arguments.text(0, "sub")));
            case "index" ->
                    arguments -> {
                        int found = text.indexOf(arguments.text(0, "sub"));
                        if (found < 0) {
                            throw new JinjaException("a text is not in the text");
                        }
                        return position(text, found);
                    };
            case "count" -> arguments -> Texts.count(text, arguments.text(0, "sub"));
            case "ljust" -> arguments -> Texts.pad(text, arguments, 0, 1);
            case "rjust" -> arguments -> Texts.pad(text, arguments, 1, 0);
            case "center" -> arguments -> Texts.pad(text, arguments, 1, 1);
            case "zfill" -> arguments -> Texts.zeroFill(text, arguments.whole(0, "width", 0));
            case "isdigit", "isdecimal", "isnumeric" -> all(text, Character::isDigit);
            case "isalpha" -> all(text, Character::isLetter);
            case "isalnum" -> all(text, Character::isLetterOrDigit);
            case "isspace" -> all(text, Python::isSpace);
            case "isupper" ->
                    arguments ->
                            text.chars().anyMatch(Character::isUpperCase)
                                    && text.chars().noneMatch(Character::isLowerCase);
            case "islower" ->
                    arguments ->
                            text.chars().anyMatch(Character::isLowerCase)
                                    && text.chars().noneMatch(Character::isUpperCase);
            default -> null;
        };
    }

    private static Callable all(String text, IntPredicate predicate) {
        return arguments -> !text.isEmpty() && text.codePoints().allMatch(predicate);
    }

    private static Object position(String text, int index) {
        return index < 0 ? -1L : (long) text.codePointCount(0, index);
    }

    private static boolean any(Arguments arguments, java.util.function.Predicate<String> matches) {
        Object wanted = arguments.require(0, "prefix");
        if (wanted instanceof List<?> several) {
            return several.stream().anyMatch(one -> one instanceof String s && matches.test(s));
        }
        return matches.test(arguments.text(0, "prefix"));
    }

    static String strip(String text, Arguments arguments, boolean left, boolean right) {
        Object given = arguments.get(0, "chars", None.NONE);
        IntPredicate strips =
                given == None.NONE
                        ? Python::isSpace
                        : c -> arguments.text(0, "chars").indexOf(c) >= 0;
        int start = 0;
        int end = text.length();
        while (left && start < end && strips.test(text.codePointAt(start))) {
            start += Character.charCount(text.codePointAt(start));
        }
        while (right && start < end && strips.test(text.codePointBefore(end))) {
            end -= Character.charCount(text.codePointBefore(end));
        }
        return text.substring(start, end);
    }
}
