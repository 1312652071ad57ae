package org.peft4j.transformers.text.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A macro where it was defined.
 *
 * @param definition what it was parsed to
 * @param scope the variables around it
 */
record Macro(Definition definition, Scope scope) implements Callable {

    /**
     * A parsed macro.
     *
     * @param parameters their names, with what they are if they are not given
     * @param reads which of {@code caller}, {@code varargs} and {@code kwargs} its body reads
     */
    record Definition(
            String name, Map<String, Expression> parameters, Node body, Set<String> reads) {}

    @Override
    public Object call(Arguments arguments, Budget budget) {
        Evaluation inside = new Evaluation(scope.child(), budget);
        Map<String, Object> others = new LinkedHashMap<>(arguments.named());
        List<Object> positional = arguments.positional();
        List<String> names = new ArrayList<>(definition.parameters().keySet());
        Map<String, Object> given = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            Object value = i < positional.size() ? positional.get(i) : others.remove(names.get(i));
            if (value != null) {
                given.put(names.get(i), value);
            }
        }
        special(arguments, others, inside.scope());
        definition
                .parameters()
                .forEach(
                        (name, otherwise) -> {
                            Object value = given.get(name);
                            inside.scope()
                                    .set(name, value == null ? otherwise.evaluate(inside) : value);
                        });
        budget.enterCall();
        try {
            return Node.text(definition.body(), inside);
        } finally {
            budget.leaveCall();
        }
    }

    private void special(Arguments arguments, Map<String, Object> others, Scope inside) {
        boolean named = definition.parameters().containsKey("caller");
        if (definition.reads().contains("caller") && !named) {
            Object caller = others.remove("caller");
            inside.set("caller", caller == null ? new Undefined("no caller is defined") : caller);
        }
        if (reads("kwargs")) {
            inside.set("kwargs", new LinkedHashMap<Object, Object>(others));
        } else if (!others.isEmpty()) {
            throw new JinjaException(
                    "the macro '"
                            + definition.name()
                            + "' takes no argument '"
                            + others.keySet().iterator().next()
                            + "', or has it twice");
        }
        int count = definition.parameters().size();
        if (reads("varargs")) {
            inside.set("varargs", Tuple.copyOf(arguments.from(count).positional()));
        } else if (arguments.positional().size() > count) {
            throw new JinjaException(
                    "the macro '" + definition.name() + "' takes " + count + " arguments");
        }
    }

    private boolean reads(String name) {
        return definition.reads().contains(name) && !definition.parameters().containsKey(name);
    }

    @Nullable Object get(String name) {
        return switch (name) {
            case "name" -> definition.name();
            case "arguments" -> Tuple.copyOf(List.copyOf(definition.parameters().keySet()));
            case "catch_kwargs" -> reads("kwargs");
            case "catch_varargs" -> reads("varargs");
            case "caller" -> definition.reads().contains("caller");
            default -> null;
        };
    }

    @Override
    public String toString() {
        return "<Macro '" + definition.name() + "'>";
    }
}
