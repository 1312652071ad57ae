package org.peft4j.transformers.text.internal;

import com.hubspot.jinjava.tree.Node;
import com.hubspot.jinjava.tree.TagNode;
import java.util.ArrayList;
import java.util.List;
import org.peft4j.transformers.text.internal.ChatInterpreter.Interrupt;

/** {@code {% for %}}, {@code {% break %}} and {@code {% continue %}}. */
final class Loops {

    /** A parsed head. */
    private record Head(
            List<String> names, Expression items, Expression condition, boolean recursive) {}

    private Loops() {}

    static Rendered render(TagNode node, ChatInterpreter interpreter) {
        Parser parser = new Parser(node.getHelpers());
        List<String> names = parser.names();
        if (!parser.acceptName("in")) {
            throw new JinjaException("a for has no 'in': \"" + node.getHelpers().strip() + "\"");
        }
        Expression items = parser.tuple(false);
        Expression condition = parser.acceptName("if") ? parser.expression() : e -> true;
        boolean recursive = parser.acceptName("recursive");
        parser.end();
        Head head = new Head(names, items, condition, recursive);
        return run(node, head, items.evaluate(interpreter.evaluation()), interpreter);
    }

    private static Rendered run(TagNode node, Head head, Object over, ChatInterpreter interpreter) {
        Scope outer = interpreter.scope();
        List<Object> items = new ArrayList<>();
        for (Object item : Python.items(over)) {
            interpreter.budget().spend(1);
            Evaluation each = new Evaluation(outer.child(), interpreter.budget());
            bind(each.scope(), head.names(), item);
            if (Python.truth(head.condition().evaluate(each))) {
                items.add(item);
            }
        }
        List<Node> body = new ArrayList<>();
        List<Node> otherwise = new ArrayList<>();
        List<Node> part = body;
        for (Node child : node.getChildren()) {
            if (child instanceof TagNode tag && tag.getName().equals("else")) {
                part = otherwise;
            } else {
                part.add(child);
            }
        }
        if (items.isEmpty()) {
            return interpreter.in(outer.child(), () -> interpreter.render(otherwise));
        }
        return repeat(node, head, items, body, interpreter);
    }

    private static Rendered repeat(
            TagNode node,
            Head head,
            List<Object> items,
            List<Node> body,
            ChatInterpreter interpreter) {
        Scope outer = interpreter.scope();
        Rendered.Builder out = new Rendered.Builder();
        LoopState loop = new LoopState(items, interpreter.enterLoop());
        try {
            for (int i = 0; i < items.size(); i++) {
                loop.moveTo(i);
                Scope scope = outer.child();
                bind(scope, head.names(), items.get(i));
                scope.set("loop", loop);
                if (head.recursive()) {
                    scope.set("loop", recursive(node, head, outer, interpreter));
                }
                out.append(interpreter.in(scope, () -> interpreter.render(body)));
                if (interpreter.takeInterrupt() == Interrupt.BREAK) {
                    break;
                }
            }
        } finally {
            interpreter.leaveLoop();
        }
        return out.build();
    }

    private static Callable recursive(
            TagNode node, Head head, Scope outer, ChatInterpreter interpreter) {
        return arguments ->
                interpreter
                        .call(
                                outer,
                                () -> run(node, head, arguments.require(0, "items"), interpreter))
                        .text();
    }

    private static void bind(Scope scope, List<String> names, Object item) {
        if (names.size() == 1) {
            scope.set(names.get(0), item);
            return;
        }
        List<Object> values = Python.items(item);
        if (values.size() != names.size()) {
            throw new JinjaException(
                    values.size() + " values cannot be unpacked to " + names.size());
        }
        for (int i = 0; i < names.size(); i++) {
            scope.set(names.get(i), values.get(i));
        }
    }

    static Rendered interrupt(ChatInterpreter interpreter, Interrupt by) {
        interpreter.interrupt(by);
        return Rendered.EMPTY;
    }
}
