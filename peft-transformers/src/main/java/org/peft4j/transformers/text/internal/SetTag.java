package org.peft4j.transformers.text.internal;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.tag.FlexibleTag;
import com.hubspot.jinjava.lib.tag.Tag;
import com.hubspot.jinjava.tree.TagNode;
import com.hubspot.jinjava.tree.parse.TagToken;
import java.util.ArrayList;
import java.util.List;

/** {@code {% set x = y %}}, or with a body. */
final class SetTag implements Tag, FlexibleTag {

    private static final long serialVersionUID = 1L;

    /**
     * What is assigned to.
     *
     * @param name a variable
     * @param attribute an attribute of the namespace in it, or empty
     */
    private record Target(String name, String attribute) {}

    @Override
    public String interpret(TagNode node, JinjavaInterpreter interpreter) {
        ChatInterpreter chat = (ChatInterpreter) interpreter;
        Parser parser = new Parser(node.getHelpers());
        List<Target> targets = targets(parser);
        if (parser.accept("=")) {
            Expression expression = parser.tuple(true);
            parser.end();
            assign(chat, targets, expression.evaluate(chat.evaluation()));
            return "";
        }
        String body = chat.in(chat.scope().child(), () -> chat.render(node.getChildren())).text();
        Expression filtered = parser.filters(e -> body);
        parser.end();
        assign(chat, targets, filtered.evaluate(chat.evaluation()));
        return "";
    }

    private static List<Target> targets(Parser parser) {
        List<Target> targets = new ArrayList<>();
        boolean parenthesis = parser.accept("(");
        do {
            String name = parser.name();
            targets.add(new Target(name, parser.accept(".") ? parser.name() : ""));
        } while (parser.accept(","));
        if (parenthesis) {
            parser.expect(")");
        }
        return targets;
    }

    private static void assign(ChatInterpreter chat, List<Target> targets, Object value) {
        List<Object> values = targets.size() == 1 ? List.of(value) : Python.items(value);
        if (values.size() != targets.size()) {
            throw new JinjaException(
                    values.size() + " values cannot be unpacked to " + targets.size());
        }
        for (int i = 0; i < targets.size(); i++) {
            Target target = targets.get(i);
            if (target.attribute().isEmpty()) {
                chat.scope().set(target.name(), values.get(i));
            } else if (chat.scope().get(target.name()) instanceof Namespace namespace) {
                namespace.set(target.attribute(), values.get(i));
            } else {
                throw new JinjaException(
                        "'" + target.name() + "' is no namespace, so it cannot be changed");
            }
        }
    }

    @Override
    public boolean hasEndTag(TagToken token) {
        Parser parser = new Parser(token.getHelpers());
        targets(parser);
        return !parser.accept("=");
    }

    @Override
    public String getName() {
        return "set";
    }
}
