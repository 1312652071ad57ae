package org.peft4j.transformers.text.internal;

import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The methods of Python's str. */
final class TextMethods {

    private TextMethods() {}

    static @Nullable Object find(String text, String name) {
        Callable character = ofCharacters(text, name);
        return character == null ? method(text, name) : character;
    }

    private static @Nullable Callable ofCharacters(String text, String name) {
        return switch (name) {
            case "upper" -> changed(text, PythonText::upper);
            case "lower" -> changed(text, PythonText::lower);
            case "casefold" -> changed(text, PythonText::fold);
            case "title" -> changed(text, PythonText::title);
            case "capitalize" -> changed(text, PythonText::capitalize);
            case "swapcase" -> changed(text, PythonText::swapCase);
            case "isdecimal" -> all(text, Character::isDigit);
            case "isdigit" -> all(text, PythonText::isDigit);
            case "isnumeric" -> all(text, PythonText::isNumeric);
            case "isalpha" -> all(text, Character::isLetter);
            case "isalnum" -> all(text, PythonText::isAlphanumeric);
            case "isspace" -> all(text, PythonText::isSpace);
            case "isprintable" ->
                    tested(text, t -> t.codePoints().allMatch(PythonText::isPrintable));
            case "isascii" -> tested(text, t -> t.chars().allMatch(c -> c < 128));
            case "isidentifier" -> tested(text, PythonText::isIdentifier);
            case "isupper" -> tested(text, t -> PythonText.hasCase(t, true));
            case "islower" -> tested(text, t -> PythonText.hasCase(t, false));
            case "istitle" -> tested(text, PythonText::isTitle);
            default -> null;
        };
    }

    private static Callable changed(String text, UnaryOperator<String> change) {
        return (arguments, budget) -> {
            arguments.count(0, 0);
            budget.make(3L * text.length());
            return change.apply(text);
        };
    }

    private static Callable all(String text, IntPredicate predicate) {
        return tested(text, t -> PythonText.all(t, predicate));
    }

    private static Callable tested(String text, java.util.function.Predicate<String> test) {
        return (arguments, budget) -> {
            arguments.count(0, 0);
            budget.read(8L * text.length());
            return test.test(text);
        };
    }

    private static @Nullable Callable method(String text, String name) {
        return switch (name) {
            case "strip" -> strip(text, true, true);
            case "lstrip" -> strip(text, true, false);
            case "rstrip" -> strip(text, false, true);
            case "split" -> (arguments, budget) -> Splits.split(text, arguments, false, budget);
            case "rsplit" -> (arguments, budget) -> Splits.split(text, arguments, true, budget);
            case "splitlines" ->
                    (given, budget) -> {
                        Arguments arguments = given.bind(0, "keepends");
                        return Splits.lines(text, Values.whole(arguments.get(0, 0L)) != 0, budget);
                    };
            case "partition", "rpartition" ->
                    (arguments, budget) ->
                            Splits.partition(
                                    text,
                                    arguments.count(1, 1).text(0),
                                    name.startsWith("r"),
                                    budget);
            case "startswith" -> (arguments, budget) -> hasEnd(text, arguments, true, budget);
            case "endswith" -> (arguments, budget) -> hasEnd(text, arguments, false, budget);
            case "removeprefix" ->
                    (arguments, budget) -> {
                        String prefix = arguments.count(1, 1).text(0);
                        budget.make(text.length());
                        return text.startsWith(prefix) ? text.substring(prefix.length()) : text;
                    };
            case "removesuffix" ->
                    (arguments, budget) -> {
                        String suffix = arguments.count(1, 1).text(0);
                        budget.make(text.length());
                        return text.endsWith(suffix)
                                ? text.substring(0, text.length() - suffix.length())
                                : text;
                    };
            case "replace" ->
                    (arguments, budget) -> {
                        arguments.count(2, 3);
                        return Texts.replace(
                                text,
                                arguments.text(0),
                                arguments.text(1),
                                arguments.whole(2, -1),
                                budget);
                    };
            case "join" ->
                    (arguments, budget) ->
                            Texts.join(
                                    text,
                                    Values.items(arguments.count(1, 1).get(0), budget),
                                    true,
                                    budget);
            case "format" -> (arguments, budget) -> BraceFormat.apply(text, arguments, budget);
            case "format_map" ->
                    (arguments, budget) -> {
                        if (!(arguments.count(1, 1).get(0) instanceof Map<?, ?> map)) {
                            throw new JinjaException("format_map needs a dict");
                        }
                        return BraceFormat.apply(text, map, budget);
                    };
            case "find", "rfind", "index", "rindex" ->
                    (arguments, budget) -> position(text, name, arguments, budget);
            case "count" -> (arguments, budget) -> count(text, arguments, budget);
            case "ljust" -> pad(text, 0, false);
            case "rjust" -> pad(text, 1, false);
            case "center" -> pad(text, 0, true);
            case "zfill" ->
                    (arguments, budget) ->
                            Texts.zeroFill(
                                    text, Values.whole(arguments.count(1, 1).get(0)), budget);
            case "expandtabs" ->
                    (given, budget) ->
                            Texts.expandTabs(text, given.bind(0, "tabsize").whole(0, 8), budget);
            case "encode", "maketrans", "translate" -> Methods.unsupported(name);
            default -> null;
        };
    }

    private static Callable strip(String text, boolean left, boolean right) {
        return (arguments, budget) -> {
            budget.make(text.length());
            return Strip.cut(text, arguments.count(0, 1).get(0, None.NONE), left, right, budget);
        };
    }

    private static Callable pad(String text, int left, boolean center) {
        return (arguments, budget) -> {
            arguments.count(1, 2);
            return Texts.pad(
                    text, arguments.whole(0, 0), arguments.get(1, " "), left, center, budget);
        };
    }

    /** The part of a text that a method's start and end leave, in UTF-16 units; null if none. */
    private static @Nullable TextRange range(String text, Arguments arguments, Budget budget) {
        budget.read(text.length());
        return TextRange.of(text, arguments.get(1, None.NONE), arguments.get(2, None.NONE));
    }

    private static Object position(String text, String name, Arguments given, Budget budget) {
        Arguments arguments = given.count(1, 3);
        TextRange range = range(text, arguments, budget);
        String part = arguments.text(0);
        int found = -1;
        if (range != null) {
            Search search = new Search(part, name.startsWith("r"), budget);
            found = search.in(text, range.start(), range.end(), budget);
        }
        if (found < 0 && name.endsWith("index")) {
            throw new JinjaException("a text is not in the text");
        }
        return found < 0 ? -1L : (long) text.codePointCount(0, found);
    }

    private static Object count(String text, Arguments given, Budget budget) {
        Arguments arguments = given.count(1, 3);
        TextRange range = range(text, arguments, budget);
        String part = arguments.text(0);
        if (range == null) {
            return 0L;
        }
        if (part.isEmpty()) {
            return text.codePointCount(range.start(), range.end()) + 1L;
        }
        Search search = new Search(part, false, budget);
        long count = 0;
        int at = range.start();
        while ((at = search.in(text, at, range.end(), budget)) >= 0) {
            at += part.length();
            count++;
        }
        return count;
    }

    private static boolean hasEnd(String text, Arguments given, boolean first, Budget budget) {
        Arguments arguments = given.count(1, 3);
        TextRange range = range(text, arguments, budget);
        Object wanted = arguments.get(0);
        List<?> several = wanted instanceof Tuple tuple ? tuple : List.of(wanted);
        for (Object one : several) {
            String part = Values.requireText(one);
            budget.read(part.length());
            if (range != null
                    && part.length() <= range.end() - range.start()
                    && text.startsWith(part, first ? range.start() : range.end() - part.length())) {
                return true;
            }
        }
        return false;
    }
}
