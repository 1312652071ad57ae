package org.peft4j.transformers.text.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What {@code keys()}, {@code values()} and {@code items()} of a dict give: no lists.
 *
 * @param map the dict
 * @param kind the method
 */
record DictView(Map<?, ?> map, String kind) {

    List<Object> list() {
        return switch (kind) {
            case "keys" -> new ArrayList<>(map.keySet());
            case "values" -> new ArrayList<>(map.values());
            default -> pairs(map);
        };
    }

    static List<Object> pairs(Map<?, ?> map) {
        List<Object> pairs = new ArrayList<>();
        map.forEach((key, value) -> pairs.add(Tuple.of(key, value)));
        return pairs;
    }
}
