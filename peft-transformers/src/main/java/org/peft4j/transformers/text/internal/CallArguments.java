package org.peft4j.transformers.text.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The parsed arguments of a call.
 *
 * @param positional those without a name
 * @param named those with one
 * @param list what stands behind {@code *}
 * @param dict what stands behind {@code **}
 */
record CallArguments(
        List<Expression> positional,
        Map<String, Expression> named,
        @Nullable Expression list,
        @Nullable Expression dict) {

    static final CallArguments NONE = new CallArguments(List.of(), Map.of(), null, null);

    Arguments evaluate(Evaluation e) {
        List<Object> values = new ArrayList<>();
        positional.forEach(argument -> values.add(argument.evaluate(e)));
        if (list != null) {
            values.addAll(Values.items(list.evaluate(e), e.budget()));
        }
        Map<String, Object> byName = new LinkedHashMap<>();
        named.forEach((name, argument) -> byName.put(name, argument.evaluate(e)));
        if (dict != null) {
            if (!(dict.evaluate(e) instanceof Map<?, ?> map)) {
                throw new JinjaException("what stands behind ** must be a dict");
            }
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                String name = Values.requireText(entry.getKey());
                if (byName.put(name, entry.getValue()) != null) {
                    throw new JinjaException("the argument '" + name + "' is given twice");
                }
            }
        }
        return new Arguments(values, byName);
    }
}
