package org.peft4j.transformers.text.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.peft4j.transformers.text.internal.Token.Kind;

/**
 * Parses expressions with the precedence of Jinja2: from the conditional down through or, and, not,
 * comparisons, sums, {@code ~}, products, powers and signs.
 */
final class ExpressionParser {

    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");

    private final Tokens tokens;
    private final Names names;
    private final OperandParser operands;

    ExpressionParser(Tokens tokens, Names names) {
        this.tokens = tokens;
        this.names = names;
        this.operands = new OperandParser(this, tokens, names);
    }

    OperandParser operands() {
        return operands;
    }

    /**
     * Parses an expression or, with commas, a tuple.
     *
     * @param conditional whether it may hold an {@code if}: not in the head of a loop or an if
     * @param end a name that ends it, or empty
     * @param empty whether nothing is the empty tuple
     */
    Expression tuple(boolean conditional, String end, boolean empty) {
        List<Expression> items = new ArrayList<>();
        boolean comma = false;
        while (!endsTuple(end)) {
            items.add(conditional ? expression() : or());
            if (!tokens.accept(",")) {
                break;
            }
            comma = true;
        }
        if (!comma && items.size() == 1) {
            return items.get(0);
        }
        if (items.isEmpty() && !empty) {
            throw tokens.unexpected();
        }
        return e -> Tuple.copyOf(OperandParser.values(items, e));
    }

    Expression tuple() {
        return tuple(true, "", false);
    }

    private boolean endsTuple(String end) {
        Token token = tokens.peek();
        return token.kind() == Kind.OUTPUT_END
                || token.kind() == Kind.BLOCK_END
                || token.is(")")
                || (!end.isEmpty() && token.isName(end));
    }

    Expression expression() {
        tokens.enter();
        int mark = names.mark();
        Expression value = or();
        while (tokens.acceptName("if")) {
            Expression then = value;
            Expression condition = or();
            Expression otherwise =
                    tokens.acceptName("else")
                            ? expression()
                            : e -> new Undefined("a condition without else is false");
            names.forgive(mark);
            value =
                    e ->
                            Values.truth(condition.evaluate(e))
                                    ? then.evaluate(e)
                                    : otherwise.evaluate(e);
        }
        tokens.leave();
        return value;
    }

    private Expression or() {
        Expression left = and();
        while (tokens.acceptName("or")) {
            Expression first = left;
            Expression second = and();
            left =
                    e -> {
                        Object value = first.evaluate(e);
                        return Values.truth(value) ? value : second.evaluate(e);
                    };
        }
        return left;
    }

    private Expression and() {
        Expression left = not();
        while (tokens.acceptName("and")) {
            Expression first = left;
            Expression second = not();
            left =
                    e -> {
                        Object value = first.evaluate(e);
                        return Values.truth(value) ? second.evaluate(e) : value;
                    };
        }
        return left;
    }

    private Expression not() {
        if (!tokens.acceptName("not")) {
            return comparison();
        }
        tokens.enter();
        Expression value = not();
        tokens.leave();
        return e -> !Values.truth(value.evaluate(e));
    }

    private Expression comparison() {
        Expression first = sum();
        List<String> operators = new ArrayList<>();
        List<Expression> others = new ArrayList<>();
        while (true) {
            Token token = tokens.peek();
            if (token.kind() == Kind.OPERATOR && COMPARISONS.contains(token.text())) {
                operators.add(tokens.next().text());
            } else if (tokens.acceptName("in")) {
                operators.add("in");
            } else if (token.isName("not") && tokens.look().isName("in")) {
                tokens.next();
                tokens.next();
                operators.add("not in");
            } else {
                break;
            }
            others.add(sum());
        }
        if (operators.isEmpty()) {
            return first;
        }
        return e -> {
            Object left = first.evaluate(e);
            for (int i = 0; i < operators.size(); i++) {
                Object right = others.get(i).evaluate(e);
                if (!Comparisons.compare(operators.get(i), left, right, e.budget())) {
                    return false;
                }
                left = right;
            }
            return true;
        };
    }

    private Expression sum() {
        Expression left = concatenation();
        while (tokens.peek().is("+") || tokens.peek().is("-")) {
            left = binary(left, tokens.next().text(), concatenation());
        }
        return left;
    }

    private Expression concatenation() {
        Expression left = product();
        if (!tokens.peek().is("~")) {
            return left;
        }
        List<Expression> parts = new ArrayList<>(List.of(left));
        while (tokens.accept("~")) {
            parts.add(product());
        }
        return e -> Texts.join("", OperandParser.values(parts, e), false, e.budget());
    }

    private Expression product() {
        Expression left = power();
        while (tokens.peek().is("*")
                || tokens.peek().is("/")
                || tokens.peek().is("//")
                || tokens.peek().is("%")) {
            left = binary(left, tokens.next().text(), power());
        }
        return left;
    }

    private Expression power() {
        Expression left = operands.unary(true);
        while (tokens.accept("**")) {
            left = binary(left, "**", operands.unary(true));
        }
        return left;
    }

    private static Expression binary(Expression left, String operator, Expression right) {
        return e -> {
            e.budget().spend(1);
            return Arithmetic.apply(operator, left.evaluate(e), right.evaluate(e), e.budget());
        };
    }
}
