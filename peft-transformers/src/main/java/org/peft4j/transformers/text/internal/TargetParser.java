package org.peft4j.transformers.text.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.peft4j.transformers.text.internal.Token.Kind;

/** Parses what is assigned to: one, or several with commas, perhaps nested in parentheses. */
final class TargetParser {

    private static final Set<String> CONSTANTS =
            Set.of("true", "false", "none", "True", "False", "None");

    private final Tokens tokens;
    private final Names names;

    TargetParser(Tokens tokens, Names names) {
        this.tokens = tokens;
        this.names = names;
    }

    String name() {
        String name = tokens.name();
        if (CONSTANTS.contains(name)) {
            throw new JinjaException("'" + name + "' cannot be assigned to");
        }
        names.store(name);
        return name;
    }

    /**
     * Parses targets.
     *
     * @param end a name that ends them, or empty
     * @param attributes whether they may be attributes of namespaces
     */
    Target target(String end, boolean attributes) {
        List<Target> targets = new ArrayList<>();
        boolean comma = false;
        while (tokens.peek().kind() == Kind.NAME || tokens.peek().is("(")) {
            if (!end.isEmpty() && tokens.peek().isName(end)) {
                break;
            }
            targets.add(one(attributes));
            if (!tokens.accept(",")) {
                break;
            }
            comma = true;
        }
        if (targets.isEmpty()) {
            throw tokens.unexpected();
        }
        return comma ? new Target.Several(targets) : targets.get(0);
    }

    private Target one(boolean attributes) {
        if (tokens.accept("(")) {
            tokens.enter();
            Target inner = target("", attributes);
            tokens.leave();
            tokens.expect(")");
            return inner;
        }
        if (attributes && tokens.look().is(".")) {
            String name = tokens.name();
            names.load(name);
            tokens.expect(".");
            return new Target.Attribute(name, tokens.name());
        }
        return new Target.Variable(name());
    }
}
