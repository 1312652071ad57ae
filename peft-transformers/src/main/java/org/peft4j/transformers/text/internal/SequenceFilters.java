package org.peft4j.transformers.text.internal;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The filters of lists and dicts. */
final class SequenceFilters {

    static final Map<String, Filters.Filter> BY_NAME = new HashMap<>();

    static {
        BY_NAME.put("length", (value, arguments, e) -> Python.length(value));
        BY_NAME.put("count", (value, arguments, e) -> Python.length(value));
        BY_NAME.put("list", (value, arguments, e) -> Python.items(value));
        BY_NAME.put("items", (value, arguments, e) -> items(value));
        BY_NAME.put("first", (value, arguments, e) -> at(Python.items(value), true));
        BY_NAME.put("last", (value, arguments, e) -> at(Python.items(value), false));
        BY_NAME.put("reverse", (value, arguments, e) -> reverse(value));
        BY_NAME.put("join", SequenceFilters::join);
        BY_NAME.put("map", SequenceFilters::map);
        BY_NAME.put("select", (value, arguments, e) -> select(value, arguments, e, true, false));
        BY_NAME.put("reject", (value, arguments, e) -> select(value, arguments, e, false, false));
        BY_NAME.put("selectattr", (value, arguments, e) -> select(value, arguments, e, true, true));
        BY_NAME.put(
                "rejectattr", (value, arguments, e) -> select(value, arguments, e, false, true));
        BY_NAME.put("sort", SequenceFilters::sort);
        BY_NAME.put("dictsort", SequenceFilters::sortDict);
        BY_NAME.put("unique", SequenceFilters::unique);
        BY_NAME.put("min", (value, arguments, e) -> extreme(value, arguments, e, 1));
        BY_NAME.put("max", (value, arguments, e) -> extreme(value, arguments, e, -1));
        BY_NAME.put("sum", SequenceFilters::sum);
        BY_NAME.put("batch", SequenceFilters::batch);
        BY_NAME.put("groupby", SequenceFilters::group);
    }

    private SequenceFilters() {}

    private static Object items(Object value) {
        if (value instanceof Undefined) {
            return List.of();
        }
        if (value instanceof Map<?, ?> map) {
            return Methods.pairs(map);
        }
        throw new JinjaException("items needs a dict but has a " + Python.typeName(value));
    }

    private static Object at(List<Object> items, boolean first) {
        return items.isEmpty()
                ? new Undefined("an empty sequence has no first or last item")
                : items.get(first ? 0 : items.size() - 1);
    }

    private static Object reverse(Object value) {
        if (value instanceof String) {
            return Access.slice(value, None.NONE, None.NONE, -1L);
        }
        List<Object> items = new ArrayList<>(Python.items(value));
        Collections.reverse(items);
        return items;
    }

    private static Object join(Object value, Arguments arguments, Evaluation e) {
        Object path = arguments.get(1, "attribute", None.NONE);
        List<Object> items = Python.items(value);
        if (path != None.NONE) {
            items = items.stream().map(item -> Filters.attribute(item, path, e.budget())).toList();
        }
        String by = Python.text(arguments.get(0, "d", ""), e.budget());
        return Texts.join(by, items, false, e.budget());
    }

    private static Object map(Object value, Arguments arguments, Evaluation e) {
        List<Object> mapped = new ArrayList<>();
        Object path = arguments.named().get("attribute");
        Filters.Filter filter = path == null ? Filters.get(arguments.text(0, "name")) : null;
        for (Object item : Python.items(value)) {
            if (filter != null) {
                mapped.add(e.budget().pay(filter.apply(item, arguments.from(1), e)));
            } else if (path != null) {
                Object found = Filters.attribute(item, path, e.budget());
                mapped.add(
                        found instanceof Undefined
                                ? arguments.named().getOrDefault("default", found)
                                : found);
            }
        }
        return mapped;
    }

    private static Object select(
            Object value, Arguments arguments, Evaluation e, boolean wanted, boolean byAttribute) {
        int named = byAttribute ? 1 : 0;
        Tests.Test test =
                arguments.positional().size() > named
                        ? Tests.get(arguments.text(named, "test"))
                        : (item, nothing, evaluation) -> Python.truth(item);
        List<Object> kept = new ArrayList<>();
        for (Object item : Python.items(value)) {
            e.budget().spend(1);
            Object tested =
                    byAttribute
                            ? Filters.attribute(item, arguments.require(0, "attr"), e.budget())
                            : item;
            if (test.apply(tested, arguments.from(named + 1), e) == wanted) {
                kept.add(item);
            }
        }
        return kept;
    }

    private static Object sort(Object value, Arguments arguments, Evaluation e) {
        Object path = arguments.get(2, "attribute", None.NONE);
        Comparator<Object> order = Filters.order(arguments.flag(1, "case_sensitive"), e.budget());
        Comparator<Object> by =
                path == None.NONE
                        ? order
                        : (a, b) ->
                                order.compare(
                                        Filters.attribute(a, path, e.budget()),
                                        Filters.attribute(b, path, e.budget()));
        List<Object> items = new ArrayList<>(Python.items(value));
        items.sort(arguments.flag(0, "reverse") ? by.reversed() : by);
        return items;
    }

    private static Object sortDict(Object value, Arguments arguments, Evaluation e) {
        if (!(value instanceof Map<?, ?> map)) {
            throw new JinjaException("dictsort needs a dict");
        }
        long part = "value".equals(arguments.get(1, "by", "key")) ? 1 : 0;
        Comparator<Object> order = Filters.order(arguments.flag(0, "case_sensitive"), e.budget());
        Comparator<Object> by = (a, b) -> order.compare(Access.item(a, part), Access.item(b, part));
        List<Object> pairs = Methods.pairs(map);
        pairs.sort(arguments.flag(2, "reverse") ? by.reversed() : by);
        return pairs;
    }

    private static Object unique(Object value, Arguments arguments, Evaluation e) {
        Object path = arguments.get(1, "attribute", None.NONE);
        boolean sensitive = arguments.flag(0, "case_sensitive");
        Map<Object, Object> seen = new LinkedHashMap<>();
        for (Object item : Python.items(value)) {
            Object by = path == None.NONE ? item : Filters.attribute(item, path, e.budget());
            seen.putIfAbsent(Python.key(Filters.fold(by, sensitive)), item);
        }
        return new ArrayList<>(seen.values());
    }

    private static Object extreme(Object value, Arguments arguments, Evaluation e, int sign) {
        Comparator<Object> order = Filters.order(arguments.flag(0, "case_sensitive"), e.budget());
        Object path = arguments.get(1, "attribute", None.NONE);
        Object best = new Undefined("an empty sequence has no smallest or largest item");
        for (Object item : Python.items(value)) {
            if (best instanceof Undefined
                    || sign * order.compare(by(item, path, e.budget()), by(best, path, e.budget()))
                            < 0) {
                best = item;
            }
        }
        return best;
    }

    private static Object by(Object item, Object path, Budget budget) {
        return path == None.NONE ? item : Filters.attribute(item, path, budget);
    }

    private static Object sum(Object value, Arguments arguments, Evaluation e) {
        Object path = arguments.get(0, "attribute", None.NONE);
        Object total = arguments.get(1, "start", 0L);
        for (Object item : Python.items(value)) {
            total = e.budget().pay(Arithmetic.apply("+", total, by(item, path, e.budget())));
        }
        return total;
    }

    private static Object batch(Object value, Arguments arguments, Evaluation e) {
        long width = arguments.whole(0, "linecount", 0);
        if (width < 1 || width > Budget.LONGEST) {
            throw new JinjaException("batch needs a width");
        }
        Object fill = arguments.get(1, "fill_with", None.NONE);
        List<Object> rows = new ArrayList<>();
        List<Object> row = new ArrayList<>();
        for (Object item : Python.items(value)) {
            if (row.isEmpty()) {
                rows.add(row);
            }
            row.add(item);
            if (row.size() == width) {
                row = new ArrayList<>();
            }
        }
        if (fill != None.NONE && !row.isEmpty()) {
            e.budget().spend(width);
            while (row.size() < width) {
                row.add(fill);
            }
        }
        return rows;
    }

    private static Object group(Object value, Arguments arguments, Evaluation e) {
        Object path = arguments.require(0, "attribute");
        Object otherwise = arguments.get(1, "default", None.NONE);
        boolean sensitive = arguments.flag(2, "case_sensitive");
        List<Object> sorted = new ArrayList<>(Python.items(value));
        Comparator<Object> order = Filters.order(sensitive, e.budget());
        sorted.sort(
                (a, b) ->
                        order.compare(
                                grouped(a, path, otherwise, e), grouped(b, path, otherwise, e)));
        Map<Object, List<Object>> groups = new LinkedHashMap<>();
        Map<Object, Object> labels = new HashMap<>();
        for (Object item : sorted) {
            Object label = grouped(item, path, otherwise, e);
            Object key = Python.key(Filters.fold(label, sensitive));
            labels.putIfAbsent(key, label);
            groups.computeIfAbsent(key, none -> new ArrayList<>()).add(item);
        }
        List<Object> pairs = new ArrayList<>();
        groups.forEach((key, items) -> pairs.add(List.of(labels.getOrDefault(key, key), items)));
        return pairs;
    }

    private static Object grouped(Object item, Object path, Object otherwise, Evaluation e) {
        Object found = Filters.attribute(item, path, e.budget());
        return found instanceof Undefined && otherwise != None.NONE ? otherwise : found;
    }
}
