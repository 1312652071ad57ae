package org.peft4j.transformers.text.internal;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The filters of texts. */
final class TextFilters {

    private static final long DEFAULT_WIDTH = 80;

    private TextFilters() {}

    static void addTo(Map<String, Filter> filters) {
        simple(filters, "upper", PythonText::upper);
        simple(filters, "lower", PythonText::lower);
        simple(filters, "capitalize", PythonText::capitalize);
        simple(filters, "title", TextFilters::titleWords);
        filters.put("string", (value, arguments, budget) -> string(value, arguments, budget));
        filters.put("escape", TextFilters::escape);
        filters.put("e", TextFilters::escape);
        filters.put(
                "forceescape",
                (value, arguments, budget) -> {
                    arguments.count(0, 0);
                    return Markup.escape(Values.text(value, budget), budget);
                });
        filters.put(
                "safe",
                (value, arguments, budget) -> {
                    arguments.count(0, 0);
                    return value instanceof Markup ? value : new Markup(Values.text(value, budget));
                });
        filters.put("striptags", TagStripper::apply);
        filters.put("urlencode", TextFilters::urlEncode);
        filters.put("trim", TextFilters::trim);
        filters.put("replace", TextFilters::replace);
        filters.put("indent", TextFilters::indent);
        filters.put("center", TextFilters::center);
        filters.put("wordcount", TextFilters::wordCount);
        filters.put("wordwrap", WordWrap::apply);
        filters.put("truncate", TextFilters::truncate);
        filters.put("format", TextFilters::format);
        filters.put("pprint", TextFilters::prettyPrint);
        filters.put("xmlattr", TextFilters::xmlAttributes);
    }

    private static void simple(
            Map<String, Filter> filters, String name, UnaryOperator<String> change) {
        filters.put(
                name,
                (value, arguments, budget) -> {
                    arguments.count(0, 0);
                    String text = Values.text(value, budget);
                    budget.make(3L * text.length());
                    return like(value, change.apply(text));
                });
    }

    /** A text of the same kind as the one it was made of. */
    private static Object like(Object value, String text) {
        return value instanceof Markup ? new Markup(text) : text;
    }

    private static Object string(Object value, Arguments arguments, Budget budget) {
        arguments.count(0, 0);
        return Values.isText(value) ? value : Values.text(value, budget);
    }

    private static Object escape(Object value, Arguments arguments, Budget budget) {
        arguments.count(0, 0);
        return Markup.escape(value, budget);
    }

    /** Unlike the method, the filter begins a word only behind a blank, a hyphen or a bracket. */
    private static String titleWords(String text) {
        StringBuilder out = new StringBuilder();
        int start = 0;
        while (start < text.length()) {
            int end = start;
            boolean between = separates(text.codePointAt(start));
            while (end < text.length() && separates(text.codePointAt(end)) == between) {
                end += Character.charCount(text.codePointAt(end));
            }
            int first = start + Character.charCount(text.codePointAt(start));
            out.append(PythonText.upper(text.substring(start, first)))
                    .append(PythonText.lower(text.substring(first, end)));
            start = end;
        }
        return out.toString();
    }

    private static boolean separates(int c) {
        return PythonText.isSpace(c) || "-({[<".indexOf(c) >= 0;
    }

    private static Object urlEncode(Object value, Arguments arguments, Budget budget) {
        arguments.count(0, 0);
        if (Values.isText(value) || !Values.isIterable(value)) {
            return quote(Values.text(value, budget), false, budget);
        }
        List<Object> pairs =
                value instanceof Map<?, ?> map ? DictView.pairs(map) : Values.items(value, budget);
        StringBuilder out = new StringBuilder();
        for (Object item : pairs) {
            List<Object> pair = Values.items(item, budget);
            if (pair.size() != 2) {
                throw new JinjaException("urlencode needs pairs");
            }
            out.append(out.isEmpty() ? "" : "&")
                    .append(quote(Values.text(pair.get(0), budget), true, budget))
                    .append('=')
                    .append(quote(Values.text(pair.get(1), budget), true, budget));
            Budget.requireLength(out.length());
        }
        return out.toString();
    }

    private static String quote(String text, boolean query, Budget budget) {
        budget.make(10L * text.length());
        StringBuilder out = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xFF);
            boolean safe =
                    (c < 128 && Character.isLetterOrDigit(c))
                            || "_.-~".indexOf(c) >= 0
                            || (c == '/' && !query);
            out.append(
                    safe
                            ? Character.toString(c)
                            : c == ' ' && query ? "+" : String.format("%%%02X", (int) c));
        }
        return out.toString();
    }

    private static Object trim(Object value, Arguments given, Budget budget) {
        Object characters = given.bind(0, "chars").get(0, None.NONE);
        String text = Values.text(value, budget);
        budget.make(text.length());
        return like(value, Strip.cut(text, characters, true, true, budget));
    }

    private static Object replace(Object value, Arguments given, Budget budget) {
        Arguments arguments = given.bind(2, "old", "new", "count");
        Object count = arguments.get(2, None.NONE);
        return Texts.replace(
                Values.text(value, budget),
                Values.text(arguments.get(0), budget),
                Values.text(arguments.get(1), budget),
                count == None.NONE ? -1 : Values.whole(count),
                budget);
    }

    private static Object indent(Object value, Arguments given, Budget budget) {
        Arguments arguments = given.bind(0, "width", "first", "blank");
        Object width = arguments.get(0, 4L);
        String by;
        if (Values.isText(width)) {
            by = Values.requireText(width);
        } else {
            budget.make(Math.max(0, Values.whole(width)));
            by = " ".repeat((int) Math.max(0, Values.whole(width)));
        }
        String text = Values.requireText(value);
        budget.make(text.length());
        return like(value, Texts.indent(text, by, arguments.flag(1), arguments.flag(2), budget));
    }

    private static Object center(Object value, Arguments given, Budget budget) {
        long width = given.bind(0, "width").whole(0, DEFAULT_WIDTH);
        return like(value, Texts.pad(Values.text(value, budget), width, " ", 0, true, budget));
    }

    /** Counts runs of letters, digits and underscores. */
    private static Object wordCount(Object value, Arguments arguments, Budget budget) {
        arguments.count(0, 0);
        String text = Values.text(value, budget);
        budget.read(8L * text.length());
        long count = 0;
        boolean inside = false;
        for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
            int c = text.codePointAt(i);
            boolean word = c == '_' || PythonText.isAlphanumeric(c);
            count += word && !inside ? 1 : 0;
            inside = word;
        }
        return count;
    }

    private static Object truncate(Object value, Arguments given, Budget budget) {
        Arguments arguments = given.bind(0, "length", "killwords", "end", "leeway");
        long length = arguments.whole(0, 255);
        String end = Values.requireText(arguments.get(2, "..."));
        Object slack = arguments.get(3, None.NONE);
        long leeway = slack == None.NONE ? 5 : Values.whole(slack);
        if (length < Values.length(end) || leeway < 0) {
            throw new JinjaException("the length of truncate is shorter than its end");
        }
        if (Values.isText(value)) {
            budget.make(2L * Values.requireText(value).length());
        }
        if (Values.length(value) <= length + leeway) {
            return value;
        }
        String text = Values.requireText(value);
        long kept = length - Values.length(end);
        String cut = text.substring(0, text.offsetByCodePoints(0, (int) kept));
        if (!arguments.flag(1) && cut.contains(" ")) {
            cut = cut.substring(0, cut.lastIndexOf(' '));
        }
        return like(value, cut + end);
    }

    private static Object format(Object value, Arguments arguments, Budget budget) {
        if (!arguments.positional().isEmpty() && !arguments.named().isEmpty()) {
            throw new JinjaException("format takes arguments with names or without, not both");
        }
        Object given =
                arguments.named().isEmpty()
                        ? Tuple.copyOf(arguments.positional())
                        : Map.copyOf(arguments.named());
        return Arithmetic.apply(
                "%", Values.isText(value) ? value : Values.text(value, budget), given, budget);
    }

    private static Object prettyPrint(Object value, Arguments arguments, Budget budget) {
        arguments.count(0, 0);
        String text = Representation.sorted(value, budget);
        if (text.codePointCount(0, text.length()) > DEFAULT_WIDTH
                || (Values.isText(value) && Values.requireText(value).contains("\n"))) {
            throw new JinjaException(
                    "pprint of what does not fit a line is not supported in chat templates here");
        }
        return text;
    }

    private static Object xmlAttributes(Object value, Arguments given, Budget budget) {
        boolean space = Values.truth(given.bind(0, "autospace").get(0, true));
        if (!(value instanceof Map<?, ?> map)) {
            throw new JinjaException("xmlattr needs a dict");
        }
        StringBuilder out = new StringBuilder();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            Object item = entry.getValue();
            if (item == None.NONE || item instanceof Undefined) {
                continue;
            }
            String key = Values.requireText(entry.getKey());
            if (key.codePoints().anyMatch(c -> PythonText.isSpace(c) || "/>=".indexOf(c) >= 0)) {
                throw new JinjaException("'" + key + "' is no name of an attribute");
            }
            out.append(out.isEmpty() ? "" : " ")
                    .append(Markup.escape(key, budget).text())
                    .append("=\"")
                    .append(Markup.escape(item, budget).text())
                    .append('"');
            Budget.requireLength(out.length());
        }
        return (space && !out.isEmpty() ? " " : "") + out;
    }
}
