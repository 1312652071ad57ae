package org.peft4j.transformers.text.internal;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.interpret.Context;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.tree.Node;
import java.util.function.Function;
import java.util.function.Supplier;

/** The library's interpreter with Jinja2's expressions and scopes. For one rendering. */
final class ChatInterpreter extends JinjavaInterpreter {

    /** What a loop has to do before its next node. */
    enum Interrupt {
        NONE,
        BREAK,
        CONTINUE
    }

    /** The deepest nesting of macro calls. */
    private static final int DEEPEST = 60;

    private final Function<String, Expression> parser;
    private Evaluation evaluation;
    private Interrupt interrupt = Interrupt.NONE;
    private int loops;
    private int calls;

    /**
     * Makes an interpreter.
     *
     * @param parser gives the parsed expression of a source
     */
    ChatInterpreter(
            Jinjava library,
            Context context,
            Function<String, Expression> parser,
            Evaluation evaluation) {
        super(library, context, library.getGlobalConfig());
        this.parser = parser;
        this.evaluation = evaluation;
    }

    @Override
    public Object resolveELExpression(String expression, int lineNumber) {
        evaluation.budget().spend(1);
        return parser.apply(expression).evaluate(evaluation);
    }

    @Override
    public String getAsString(Object value) {
        String text = Python.text(value, evaluation.budget());
        evaluation.budget().pay(text);
        return text;
    }

    Evaluation evaluation() {
        return evaluation;
    }

    Scope scope() {
        return evaluation.scope();
    }

    Budget budget() {
        return evaluation.budget();
    }

    /** Runs something with other variables. */
    <T> T in(Scope scope, Supplier<T> action) {
        Evaluation outer = evaluation;
        evaluation = new Evaluation(scope, outer.budget());
        try {
            return action.get();
        } finally {
            evaluation = outer;
        }
    }

    /** Runs the body of a macro. */
    <T> T call(Scope scope, Supplier<T> body) {
        if (++calls > DEEPEST) {
            throw new JinjaException("macros call each other too deeply");
        }
        try {
            return in(scope, body);
        } finally {
            calls--;
        }
    }

    /** Renders nodes until one interrupts the loop around them. */
    Rendered render(Iterable<Node> nodes) {
        Rendered.Builder out = new Rendered.Builder();
        for (Node node : nodes) {
            budget().spend(1);
            out.append(node.render(this));
            if (interrupt != Interrupt.NONE) {
                break;
            }
        }
        Rendered rendered = out.build();
        budget().pay(rendered.text());
        return rendered;
    }

    void interrupt(Interrupt by) {
        if (loops == 0) {
            throw new JinjaException("a break or continue is outside of a loop");
        }
        interrupt = by;
    }

    /** Returns what interrupted the body of a loop, and goes on. */
    Interrupt takeInterrupt() {
        Interrupt taken = interrupt;
        interrupt = Interrupt.NONE;
        return taken;
    }

    int enterLoop() {
        return loops++;
    }

    void leaveLoop() {
        loops--;
    }
}
