package org.peft4j.transformers.text.internal;

import com.hubspot.jinjava.tree.Node;
import com.hubspot.jinjava.tree.TagNode;
import java.util.ArrayList;
import java.util.List;
import org.peft4j.transformers.text.internal.Rendered.Span;

/** {@code if}, {@code with}, {@code filter} and {@code generation}. */
final class Blocks {

    private Blocks() {}

    static Rendered choose(TagNode node, ChatInterpreter interpreter) {
        List<Node> chosen = new ArrayList<>();
        boolean taking = holds(node, interpreter);
        boolean taken = taking;
        for (Node child : node.getChildren()) {
            if (child instanceof TagNode tag && tag.getName().equals("elif")) {
                taking = !taken && holds(tag, interpreter);
                taken |= taking;
            } else if (child instanceof TagNode tag && tag.getName().equals("else")) {
                taking = !taken;
                taken = true;
            } else if (taking) {
                chosen.add(child);
            }
        }
        return interpreter.render(chosen);
    }

    private static boolean holds(TagNode node, ChatInterpreter interpreter) {
        return Python.truth(
                interpreter.resolveELExpression(node.getHelpers(), node.getLineNumber()));
    }

    static Rendered with(TagNode node, ChatInterpreter interpreter) {
        Parser parser = new Parser(node.getHelpers());
        Scope scope = interpreter.scope().child();
        while (!parser.atEnd()) {
            String name = parser.name();
            parser.expect("=");
            scope.set(name, parser.expression().evaluate(interpreter.evaluation()));
            if (!parser.accept(",")) {
                parser.end();
            }
        }
        return interpreter.in(scope, () -> interpreter.render(node.getChildren()));
    }

    static Rendered filter(TagNode node, ChatInterpreter interpreter) {
        String body =
                interpreter
                        .in(
                                interpreter.scope().child(),
                                () -> interpreter.render(node.getChildren()))
                        .text();
        Parser parser = new Parser("|" + node.getHelpers());
        Expression filtered = parser.filters(e -> body);
        parser.end();
        Object value = filtered.evaluate(interpreter.evaluation());
        return Rendered.of(Python.text(value, interpreter.budget()));
    }

    static Rendered generation(TagNode node, ChatInterpreter interpreter) {
        Rendered body =
                interpreter.in(
                        interpreter.scope().child(), () -> interpreter.render(node.getChildren()));
        return new Rendered(body.text(), List.of(new Span(0, body.text().length())));
    }
}
