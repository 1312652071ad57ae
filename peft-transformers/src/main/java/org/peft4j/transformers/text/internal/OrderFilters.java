package org.peft4j.transformers.text.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The filters that order lists and dicts. */
final class OrderFilters {

    /** An item and what it is ordered by. */
    private record Keyed(Object key, Object item) {}

    private OrderFilters() {}

    static void addTo(Map<String, Filter> filters) {
        filters.put("sort", OrderFilters::sort);
        filters.put("dictsort", OrderFilters::sortDict);
        filters.put("min", (value, arguments, b) -> extreme(value, arguments, b, -1));
        filters.put("max", (value, arguments, b) -> extreme(value, arguments, b, 1));
        filters.put("groupby", OrderFilters::group);
    }

    private static List<Object> sorted(List<Keyed> keyed, boolean reverse, Budget budget) {
        Comparator<Keyed> order =
                (a, b) -> {
                    budget.spend(1);
                    int found = Comparisons.order(a.key(), b.key(), budget);
                    if (found == 2) {
                        throw new JinjaException("what is not a number has no order");
                    }
                    return found;
                };
        keyed.sort(reverse ? order.reversed() : order);
        List<Object> items = new ArrayList<>(keyed.size());
        keyed.forEach(one -> items.add(one.item()));
        return items;
    }

    private static Object sort(Object value, Arguments given, Budget budget) {
        Arguments arguments = given.bind(0, "reverse", "case_sensitive", "attribute");
        Object attribute = arguments.get(2, None.NONE);
        List<AttributePath> paths = new ArrayList<>();
        if (Values.isText(attribute)) {
            String text = Values.requireText(attribute);
            for (Object part : Splits.split(text, Arguments.of(","), false, budget)) {
                paths.add(AttributePath.of(part, budget));
            }
        } else {
            paths.add(AttributePath.of(attribute, budget));
        }
        UnaryOperator<Object> fold = AttributePath.fold(arguments.flag(1), budget);
        List<Keyed> keyed = new ArrayList<>();
        for (Object item : Values.items(value, budget)) {
            budget.makeItems(1 + paths.size());
            List<Object> keys = new ArrayList<>(paths.size());
            paths.forEach(path -> keys.add(fold.apply(path.get(item, budget))));
            keyed.add(new Keyed(keys, item));
        }
        return sorted(keyed, arguments.flag(0), budget);
    }

    private static Object sortDict(Object value, Arguments given, Budget budget) {
        Arguments arguments = given.bind(0, "case_sensitive", "by", "reverse");
        if (value instanceof Undefined undefined) {
            throw undefined.error();
        }
        if (!(value instanceof Map<?, ?> map)) {
            throw new JinjaException("dictsort needs a dict");
        }
        Object by = arguments.get(1, "key");
        if (!by.equals("key") && !by.equals("value")) {
            throw new JinjaException("dictsort sorts by key or value");
        }
        UnaryOperator<Object> fold = AttributePath.fold(arguments.flag(0), budget);
        budget.makeItems(3L * map.size());
        List<Keyed> keyed = new ArrayList<>();
        map.forEach(
                (key, item) ->
                        keyed.add(
                                new Keyed(
                                        fold.apply(by.equals("key") ? key : item),
                                        Tuple.of(key, item))));
        return sorted(keyed, arguments.flag(2), budget);
    }

    private static Object extreme(Object value, Arguments given, Budget budget, int sign) {
        Arguments arguments = given.bind(0, "case_sensitive", "attribute");
        UnaryOperator<Object> fold = AttributePath.fold(arguments.flag(0), budget);
        AttributePath path = AttributePath.of(arguments.get(1, None.NONE), budget);
        Iterator<Object> items = Values.iterator(value, budget);
        if (!items.hasNext()) {
            return new Undefined("an empty sequence has no smallest or largest item");
        }
        Object best = items.next();
        Object bestKey = fold.apply(path.get(best, budget));
        while (items.hasNext()) {
            budget.spend(1);
            Object item = items.next();
            Object key = fold.apply(path.get(item, budget));
            if (Comparisons.order(key, bestKey, budget) == sign) {
                best = item;
                bestKey = key;
            }
        }
        return best;
    }

    private static Object group(Object value, Arguments given, Budget budget) {
        Arguments arguments = given.bind(1, "attribute", "default", "case_sensitive");
        AttributePath path =
                AttributePath.of(arguments.get(0), arguments.get(1, None.NONE), budget);
        UnaryOperator<Object> fold = AttributePath.fold(arguments.flag(2), budget);
        List<Keyed> keyed = new ArrayList<>();
        for (Object item : Values.items(value, budget)) {
            budget.makeItems(2);
            Object key = fold.apply(path.get(item, budget));
            keyed.add(new Keyed(key, new Keyed(key, item)));
        }
        List<Object> groups = new ArrayList<>();
        List<Object> current = new ArrayList<>();
        Object last = None.NONE;
        for (Object one : sorted(keyed, false, budget)) {
            Keyed next = (Keyed) one;
            if (current.isEmpty() || !Comparisons.equal(last, next.key(), budget)) {
                current = new ArrayList<>();
                groups.add(Tuple.group(path.get(next.item(), budget), current));
                last = next.key();
            }
            current.add(next.item());
        }
        return groups;
    }
}
