package org.peft4j.transformers.text.internal;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Function;
import java.util.function.Predicate;

/** The filters of lists and dicts that keep their order. */
final class SequenceFilters {

    private SequenceFilters() {}

    static void addTo(Map<String, Filter> filters) {
        filters.put("length", SequenceFilters::length);
        filters.put("count", SequenceFilters::length);
        filters.put("list", (value, arguments, b) -> Values.items(only(value, arguments), b));
        filters.put("items", SequenceFilters::items);
        filters.put("first", SequenceFilters::first);
        filters.put("last", SequenceFilters::last);
        filters.put("reverse", SequenceFilters::reverse);
        filters.put("join", SequenceFilters::join);
        filters.put("map", SequenceFilters::map);
        filters.put("select", (value, a, budget) -> select(value, a, budget, true, false));
        filters.put("reject", (value, a, budget) -> select(value, a, budget, false, false));
        filters.put("selectattr", (value, a, budget) -> select(value, a, budget, true, true));
        filters.put("rejectattr", (value, a, budget) -> select(value, a, budget, false, true));
        filters.put("unique", SequenceFilters::unique);
        filters.put("sum", SequenceFilters::sum);
        filters.put("batch", SequenceFilters::batch);
        filters.put("slice", SequenceFilters::slice);
    }

    private static Object only(Object value, Arguments arguments) {
        arguments.count(0, 0);
        return value;
    }

    private static Object length(Object value, Arguments arguments, Budget budget) {
        if (Values.isText(value)) {
            budget.read(Values.requireText(value).length());
        }
        return Values.length(only(value, arguments));
    }

    private static Object items(Object value, Arguments arguments, Budget budget) {
        arguments.count(0, 0);
        if (value instanceof Undefined) {
            return new Generator(Collections.emptyIterator());
        }
        if (value instanceof Map<?, ?> map) {
            budget.makeItems(2L * map.size());
            return new Generator(DictView.pairs(map).iterator());
        }
        throw new JinjaException("items needs a dict but has a " + Values.typeName(value));
    }

    private static Object first(Object value, Arguments arguments, Budget budget) {
        Iterator<Object> items = Values.iterator(only(value, arguments), budget);
        return items.hasNext() ? items.next() : new Undefined("a sequence has no first item");
    }

    private static Object last(Object value, Arguments arguments, Budget budget) {
        if (only(value, arguments) instanceof Generator) {
            throw new JinjaException("what a filter makes has no last item; use list before");
        }
        List<Object> items = Values.items(value, budget);
        return items.isEmpty()
                ? new Undefined("a sequence has no last item")
                : items.get(items.size() - 1);
    }

    private static Object reverse(Object value, Arguments arguments, Budget budget) {
        if (Values.isText(only(value, arguments))) {
            return Access.slice(value, None.NONE, None.NONE, -1L, budget);
        }
        List<Object> items = Values.items(value, budget);
        Collections.reverse(items.isEmpty() ? new ArrayList<>() : items);
        return value instanceof Generator ? items : new Generator(items.iterator());
    }

    private static Object join(Object value, Arguments given, Budget budget) {
        Arguments arguments = given.bind(0, "d", "attribute");
        Object attribute = arguments.get(1, None.NONE);
        List<Object> items = Values.items(value, budget);
        if (attribute != None.NONE) {
            AttributePath path = AttributePath.of(attribute, budget);
            items.replaceAll(item -> path.get(item, budget));
        }
        return Texts.join(Values.text(arguments.get(0, ""), budget), items, false, budget);
    }

    private static Object map(Object value, Arguments arguments, Budget budget) {
        if (!Values.truth(value)) {
            return new Generator(Collections.emptyIterator());
        }
        Function<Object, Object> change = mapping(arguments, budget);
        Iterator<Object> items = Values.iterator(value, budget);
        return new Generator(
                new Iterator<>() {
                    @Override
                    public boolean hasNext() {
                        return items.hasNext();
                    }

                    @Override
                    public Object next() {
                        budget.spend(1);
                        return change.apply(items.next());
                    }
                });
    }

    private static Function<Object, Object> mapping(Arguments arguments, Budget budget) {
        Object attribute = arguments.named().get("attribute");
        if (arguments.positional().isEmpty() && attribute != null) {
            Arguments bound = arguments.bind(0, "attribute", "default");
            AttributePath path = AttributePath.of(attribute, bound.get(1, None.NONE), budget);
            return item -> path.get(item, budget);
        }
        if (arguments.positional().isEmpty()) {
            throw new JinjaException("map needs a filter or an attribute");
        }
        Filter filter = Filters.get(arguments.get(0));
        return item -> filter.apply(item, arguments.from(1), budget);
    }

    private static Object select(
            Object value, Arguments arguments, Budget budget, boolean wanted, boolean byAttribute) {
        if (!Values.truth(value)) {
            return new Generator(Collections.emptyIterator());
        }
        int named = byAttribute ? 1 : 0;
        AttributePath path =
                byAttribute
                        ? AttributePath.of(arguments.get(0), budget)
                        : AttributePath.of(None.NONE, budget);
        boolean tests = arguments.positional().size() > named;
        Test test = tests ? Tests.get(arguments.get(named)) : (item, a, b) -> Values.truth(item);
        return filtered(
                Values.iterator(value, budget),
                item ->
                        test.apply(path.get(item, budget), arguments.from(named + 1), budget)
                                == wanted,
                budget);
    }

    private static Generator filtered(
            Iterator<Object> items, Predicate<Object> keeps, Budget budget) {
        return new Generator(
                new Iterator<>() {
                    private final List<Object> ahead = new ArrayList<>(1);

                    @Override
                    public boolean hasNext() {
                        while (ahead.isEmpty() && items.hasNext()) {
                            budget.spend(1);
                            Object item = items.next();
                            if (keeps.test(item)) {
                                ahead.add(item);
                            }
                        }
                        return !ahead.isEmpty();
                    }

                    @Override
                    public Object next() {
                        if (!hasNext()) {
                            throw new NoSuchElementException();
                        }
                        return ahead.remove(0);
                    }
                });
    }

    private static Object unique(Object value, Arguments given, Budget budget) {
        Arguments arguments = given.bind(0, "case_sensitive", "attribute");
        AttributePath path = AttributePath.of(arguments.get(1, None.NONE), budget);
        var fold = AttributePath.fold(arguments.flag(0), budget);
        Map<Object, Object> seen = new HashMap<>();
        return filtered(
                Values.iterator(value, budget),
                item -> {
                    Object key = fold.apply(path.get(item, budget));
                    boolean isNew = Dicts.get(seen, key) == null;
                    Dicts.put(seen, key, true);
                    budget.makeItems(1);
                    return isNew;
                },
                budget);
    }

    private static Object sum(Object value, Arguments given, Budget budget) {
        Arguments arguments = given.bind(0, "attribute", "start");
        AttributePath path = AttributePath.of(arguments.get(0, None.NONE), budget);
        Object total = arguments.get(1, 0L);
        if (Values.isText(total)) {
            throw new JinjaException("texts have no sum; use join");
        }
        for (Object item : Values.items(value, budget)) {
            total = Arithmetic.apply("+", total, path.get(item, budget), budget);
        }
        return total;
    }

    private static Object batch(Object value, Arguments given, Budget budget) {
        Arguments arguments = given.bind(1, "linecount", "fill_with");
        long width = Values.whole(arguments.get(0));
        if (width < 1 || width > Budget.LONGEST) {
            throw new JinjaException("batch needs a positive width");
        }
        Object fill = arguments.get(1, None.NONE);
        List<Object> rows = new ArrayList<>();
        List<Object> row = new ArrayList<>();
        for (Object item : Values.items(value, budget)) {
            if (row.isEmpty()) {
                budget.makeItems(1);
                rows.add(row);
            }
            row.add(item);
            if (row.size() == width) {
                row = new ArrayList<>();
            }
        }
        if (fill != None.NONE && !row.isEmpty()) {
            budget.makeItems(width);
            while (row.size() < width) {
                row.add(fill);
            }
        }
        return new Generator(rows.iterator());
    }

    private static Object slice(Object value, Arguments given, Budget budget) {
        Arguments arguments = given.bind(1, "slices", "fill_with");
        long slices = Values.whole(arguments.get(0));
        if (slices == 0) {
            throw new JinjaException("slice needs a positive number");
        }
        Object fill = arguments.get(1, None.NONE);
        List<Object> items = Values.items(value, budget);
        budget.makeItems(Math.max(0, slices));
        List<Object> rows = new ArrayList<>();
        int at = 0;
        for (long i = 0; i < slices; i++) {
            boolean more = i < items.size() % slices;
            int end = at + (int) (items.size() / slices) + (more ? 1 : 0);
            List<Object> row = new ArrayList<>(items.subList(at, end));
            budget.makeItems(row.size());
            if (fill != None.NONE && !more) {
                row.add(fill);
            }
            rows.add(row);
            at = end;
        }
        return new Generator(rows.iterator());
    }
}
