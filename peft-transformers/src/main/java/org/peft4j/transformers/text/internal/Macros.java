package org.peft4j.transformers.text.internal;

import com.hubspot.jinjava.tree.Node;
import com.hubspot.jinjava.tree.TagNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code {% macro %}} and {@code {% call %}}. */
final class Macros {

    private Macros() {}

    static Rendered define(TagNode node, ChatInterpreter interpreter) {
        Parser parser = new Parser(node.getHelpers());
        String name = parser.name();
        parser.expect("(");
        Map<String, Expression> parameters = parameters(parser);
        parser.end();
        interpreter.scope().set(name, function(name, parameters, node.getChildren(), interpreter));
        return Rendered.EMPTY;
    }

    static Rendered call(TagNode node, ChatInterpreter interpreter) {
        Parser parser = new Parser(node.getHelpers());
        Map<String, Expression> parameters =
                parser.accept("(") ? parameters(parser) : new LinkedHashMap<>();
        Callable caller = function("caller", parameters, node.getChildren(), interpreter);
        Expression call = parser.callWith(caller);
        parser.end();
        Object value = call.evaluate(interpreter.evaluation());
        return Rendered.of(Python.text(value, interpreter.budget()));
    }

    /** Parses parameters and their defaults behind the opening parenthesis. */
    private static Map<String, Expression> parameters(Parser parser) {
        Map<String, Expression> parameters = new LinkedHashMap<>();
        while (!parser.accept(")")) {
            if (!parameters.isEmpty()) {
                parser.expect(",");
            }
            String name = parser.name();
            parameters.put(
                    name, parser.accept("=") ? parser.expression() : e -> Undefined.variable(name));
        }
        return parameters;
    }

    private static Callable function(
            String name,
            Map<String, Expression> parameters,
            Iterable<Node> body,
            ChatInterpreter interpreter) {
        Scope definition = interpreter.scope();
        List<String> names = new ArrayList<>(parameters.keySet());
        return arguments -> {
            Scope scope = definition.child();
            Evaluation inside = new Evaluation(scope, interpreter.budget());
            Map<String, Object> others = new LinkedHashMap<>(arguments.named());
            for (int i = 0; i < names.size(); i++) {
                Object given = others.remove(names.get(i));
                if (i < arguments.positional().size()) {
                    if (given != null) {
                        throw new JinjaException(
                                "'"
                                        + name
                                        + "' is given the argument '"
                                        + names.get(i)
                                        + "' twice");
                    }
                    given = arguments.positional().get(i);
                }
                Expression otherwise = parameters.getOrDefault(names.get(i), e -> None.NONE);
                scope.set(names.get(i), given == null ? otherwise.evaluate(inside) : given);
            }
            Object caller = others.remove("caller");
            scope.set("caller", caller == null ? Undefined.variable("caller") : caller);
            scope.set("varargs", arguments.from(names.size()).positional());
            scope.set("kwargs", new LinkedHashMap<Object, Object>(others));
            return interpreter.call(scope, () -> interpreter.render(body)).text();
        };
    }
}
