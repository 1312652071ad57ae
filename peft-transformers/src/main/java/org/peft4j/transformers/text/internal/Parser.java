package org.peft4j.transformers.text.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.peft4j.transformers.text.internal.Lexer.Kind;
import org.peft4j.transformers.text.internal.Lexer.Token;

/**
 * Parses expressions with the precedence of Jinja2: from the conditional down through or, and, not,
 * comparisons, sums, {@code ~}, products, powers and signs to postfixes, filters and tests.
 */
final class Parser {

    /** The deepest nesting: deeper ones would exhaust the stack. */
    private static final int DEEPEST = 100;

    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");
    private static final Set<String> NOT_A_TEST_ARGUMENT =
            Set.of("else", "or", "and", "is", "if", "not", "in");

    private final String source;
    private final List<Token> tokens;
    private int at;
    private int depth;

    Parser(String source) {
        this.source = source;
        this.tokens = Lexer.tokens(source);
    }

    /** Parses a whole expression; several with commas are a tuple. */
    static Expression parse(String source) {
        Parser parser = new Parser(source);
        Expression expression = parser.tuple(true);
        parser.end();
        return expression;
    }

    void end() {
        if (peek().kind() != Kind.END) {
            throw unexpected();
        }
    }

    boolean atEnd() {
        return peek().kind() == Kind.END;
    }

    boolean accept(String operator) {
        boolean found = peek().is(operator);
        at += found ? 1 : 0;
        return found;
    }

    boolean acceptName(String name) {
        boolean found = peek().isName(name);
        at += found ? 1 : 0;
        return found;
    }

    void expect(String operator) {
        if (!accept(operator)) {
            throw unexpected();
        }
    }

    String name() {
        if (peek().kind() != Kind.NAME) {
            throw unexpected();
        }
        return next().text();
    }

    /** Parses names to assign to: one, or several with commas, perhaps in parentheses. */
    List<String> names() {
        boolean parenthesis = accept("(");
        List<String> names = new ArrayList<>();
        do {
            names.add(name());
        } while (accept(",") && peek().kind() == Kind.NAME && !peek().isName("in"));
        if (parenthesis) {
            expect(")");
        }
        return names;
    }

    /**
     * Parses an expression or, with commas, a tuple.
     *
     * @param conditional whether it may hold an {@code if}: not in the head of a loop
     */
    Expression tuple(boolean conditional) {
        Expression first = conditional ? expression() : or();
        if (!peek().is(",")) {
            return first;
        }
        List<Expression> items = new ArrayList<>(List.of(first));
        while (accept(",") && startsExpression()) {
            items.add(conditional ? expression() : or());
        }
        return list(items);
    }

    private boolean startsExpression() {
        Token token = peek();
        return token.kind() != Kind.END
                && !(token.kind() == Kind.OPERATOR
                        && Set.of(")", "]", "}", "=").contains(token.text()));
    }

    Expression expression() {
        if (++depth > DEEPEST) {
            throw new JinjaException("an expression is nested too deeply");
        }
        Expression value = or();
        while (acceptName("if")) {
            Expression then = value;
            Expression condition = or();
            Expression otherwise =
                    acceptName("else")
                            ? expression()
                            : e -> new Undefined("a condition without else is false");
            value =
                    e ->
                            Python.truth(condition.evaluate(e))
                                    ? then.evaluate(e)
                                    : otherwise.evaluate(e);
        }
        depth--;
        return value;
    }

    private Expression or() {
        Expression left = and();
        while (acceptName("or")) {
            Expression first = left;
            Expression second = and();
            left =
                    e -> {
                        Object value = first.evaluate(e);
                        return Python.truth(value) ? value : second.evaluate(e);
                    };
        }
        return left;
    }

    private Expression and() {
        Expression left = not();
        while (acceptName("and")) {
            Expression first = left;
            Expression second = not();
            left =
                    e -> {
                        Object value = first.evaluate(e);
                        return Python.truth(value) ? second.evaluate(e) : value;
                    };
        }
        return left;
    }

    private Expression not() {
        if (!acceptName("not")) {
            return comparison();
        }
        if (++depth > DEEPEST) {
            throw new JinjaException("an expression is nested too deeply");
        }
        Expression value = not();
        depth--;
        return e -> !Python.truth(value.evaluate(e));
    }

    private Expression comparison() {
        Expression first = sum();
        List<String> operators = new ArrayList<>();
        List<Expression> operands = new ArrayList<>();
        while (true) {
            if (peek().kind() == Kind.OPERATOR && COMPARISONS.contains(peek().text())) {
                operators.add(next().text());
            } else if (acceptName("in")) {
                operators.add("in");
            } else if (peek().isName("not") && tokens.get(at + 1).isName("in")) {
                at += 2;
                operators.add("not in");
            } else {
                break;
            }
            operands.add(sum());
        }
        if (operators.isEmpty()) {
            return first;
        }
        return e -> {
            Object left = first.evaluate(e);
            for (int i = 0; i < operators.size(); i++) {
                Object right = operands.get(i).evaluate(e);
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
        while (peek().is("+") || peek().is("-")) {
            left = binary(left, next().text(), concatenation());
        }
        return left;
    }

    private Expression concatenation() {
        Expression left = product();
        while (accept("~")) {
            Expression first = left;
            Expression second = product();
            left =
                    e ->
                            e.budget()
                                    .pay(
                                            Python.text(first.evaluate(e), e.budget())
                                                    + Python.text(second.evaluate(e), e.budget()));
        }
        return left;
    }

    private Expression product() {
        Expression left = power();
        while (peek().is("*") || peek().is("/") || peek().is("//") || peek().is("%")) {
            left = binary(left, next().text(), power());
        }
        return left;
    }

    private Expression power() {
        Expression left = unary(true);
        while (accept("**")) {
            left = binary(left, "**", unary(true));
        }
        return left;
    }

    private static Expression binary(Expression left, String operator, Expression right) {
        return e -> e.budget().pay(Arithmetic.apply(operator, left.evaluate(e), right.evaluate(e)));
    }

    private Expression unary(boolean withFilters) {
        Expression value;
        if (peek().is("-") || peek().is("+")) {
            if (++depth > DEEPEST) {
                throw new JinjaException("an expression is nested too deeply");
            }
            boolean minus = next().text().equals("-");
            Expression operand = unary(false);
            value =
                    e ->
                            Arithmetic.apply(
                                    minus ? "-" : "+",
                                    0L,
                                    Arithmetic.requireNumber(operand.evaluate(e)));
            depth--;
        } else {
            value = primary();
        }
        value = postfix(value);
        return withFilters ? filters(value) : value;
    }

    private Expression primary() {
        Token token = next();
        return switch (token.kind()) {
            case NAME -> named(token.text());
            case STRING -> {
                StringBuilder text = new StringBuilder(token.text());
                while (peek().kind() == Kind.STRING) {
                    text.append(next().text());
                }
                yield constant(text.toString());
            }
            case INTEGER -> constant(integer(token.text()));
            case FLOAT -> constant(Double.parseDouble(token.text()));
            case OPERATOR ->
                    switch (token.text()) {
                        case "(" -> parenthesis();
                        case "[" -> list(items("]"));
                        case "{" -> dict();
                        default -> {
                            at--;
                            throw unexpected();
                        }
                    };
            case END -> throw unexpected();
        };
    }

    private static Long integer(String digits) {
        try {
            return Long.valueOf(digits);
        } catch (NumberFormatException e) {
            throw new JinjaException("the number " + digits + " is too large");
        }
    }

    private static Expression named(String name) {
        return switch (name) {
            case "true", "True" -> constant(true);
            case "false", "False" -> constant(false);
            case "none", "None" -> constant(None.NONE);
            default -> e -> e.scope().get(name);
        };
    }

    private static Expression constant(Object value) {
        return e -> value;
    }

    private Expression parenthesis() {
        if (accept(")")) {
            return list(List.of());
        }
        if (++depth > DEEPEST) {
            throw new JinjaException("an expression is nested too deeply");
        }
        Expression inner = tuple(true);
        depth--;
        expect(")");
        return inner;
    }

    private List<Expression> items(String close) {
        List<Expression> items = new ArrayList<>();
        while (!accept(close)) {
            if (!items.isEmpty()) {
                expect(",");
                if (accept(close)) {
                    break;
                }
            }
            items.add(expression());
        }
        return items;
    }

    private static Expression list(List<Expression> items) {
        return e -> {
            List<Object> values = new ArrayList<>(items.size());
            items.forEach(item -> values.add(item.evaluate(e)));
            return e.budget().pay(values);
        };
    }

    private Expression dict() {
        Map<Expression, Expression> entries = new LinkedHashMap<>();
        while (!accept("}")) {
            if (!entries.isEmpty()) {
                expect(",");
                if (accept("}")) {
                    break;
                }
            }
            Expression key = expression();
            expect(":");
            entries.put(key, expression());
        }
        return e -> {
            e.budget().spend(entries.size());
            Map<Object, Object> values = new LinkedHashMap<>();
            entries.forEach(
                    (key, value) -> values.put(Python.key(key.evaluate(e)), value.evaluate(e)));
            return values;
        };
    }

    private Expression postfix(Expression start) {
        Expression value = start;
        while (true) {
            Expression base = value;
            if (accept(".")) {
                if (peek().kind() == Kind.INTEGER) {
                    Long index = integer(next().text());
                    value = e -> Access.item(base.evaluate(e), index);
                } else {
                    String name = name();
                    value = e -> Access.attribute(base.evaluate(e), name, e.budget());
                }
            } else if (accept("[")) {
                value = subscript(base);
            } else if (accept("(")) {
                value = call(base);
            } else {
                return value;
            }
        }
    }

    private Expression subscript(Expression base) {
        Expression start = peek().is(":") ? null : tuple(true);
        if (start != null && accept("]")) {
            Expression key = start;
            return e -> Access.subscript(base.evaluate(e), key.evaluate(e), e.budget());
        }
        expect(":");
        Expression stop = peek().is(":") || peek().is("]") ? null : expression();
        Expression step = accept(":") && !peek().is("]") ? expression() : null;
        expect("]");
        return e ->
                e.budget()
                        .pay(
                                Access.slice(
                                        base.evaluate(e),
                                        value(start, e),
                                        value(stop, e),
                                        value(step, e)));
    }

    private static Object value(@Nullable Expression expression, Evaluation e) {
        return expression == null ? None.NONE : expression.evaluate(e);
    }

    private Expression call(Expression function) {
        return call(function, arguments());
    }

    private static Expression call(Expression function, ParsedArguments arguments) {
        return e -> {
            e.budget().spend(1);
            Object target = function.evaluate(e);
            if (target instanceof Callable callable) {
                return e.budget().pay(callable.call(arguments.evaluate(e)));
            }
            if (target instanceof Undefined undefined) {
                throw undefined.error();
            }
            throw new JinjaException("a " + Python.typeName(target) + " cannot be called");
        };
    }

    /** Parses a call of a name, perhaps one with dots, and hands it a caller. */
    Expression callWith(Callable caller) {
        Expression function = named(name());
        while (accept(".")) {
            Expression base = function;
            String attribute = name();
            function = e -> Access.attribute(base.evaluate(e), attribute, e.budget());
        }
        expect("(");
        ParsedArguments arguments = arguments();
        arguments.named().put("caller", constant(caller));
        return call(function, arguments);
    }

    private record ParsedArguments(List<Expression> positional, Map<String, Expression> named) {
        Arguments evaluate(Evaluation e) {
            List<Object> values = new ArrayList<>();
            positional.forEach(argument -> values.add(argument.evaluate(e)));
            Map<String, Object> byName = new LinkedHashMap<>();
            named.forEach((name, argument) -> byName.put(name, argument.evaluate(e)));
            return new Arguments(values, byName);
        }
    }

    /** Parses arguments behind their opening parenthesis. */
    private ParsedArguments arguments() {
        ParsedArguments arguments = new ParsedArguments(new ArrayList<>(), new LinkedHashMap<>());
        boolean first = true;
        while (!accept(")")) {
            if (!first) {
                expect(",");
                if (accept(")")) {
                    break;
                }
            }
            first = false;
            if (peek().kind() == Kind.NAME && tokens.get(at + 1).is("=")) {
                String name = name();
                expect("=");
                arguments.named().put(name, expression());
            } else {
                arguments.positional().add(expression());
            }
        }
        return arguments;
    }

    /** Parses filters, tests and calls behind a value. */
    Expression filters(Expression start) {
        Expression value = start;
        while (true) {
            if (accept("|")) {
                value = filter(value);
            } else if (acceptName("is")) {
                value = test(value);
            } else if (accept("(")) {
                value = call(value);
            } else {
                return value;
            }
        }
    }

    private Expression filter(Expression value) {
        String name = name();
        Filters.Filter filter = Filters.get(name);
        ParsedArguments arguments =
                accept("(") ? arguments() : new ParsedArguments(List.of(), Map.of());
        return e -> {
            Object input = value.evaluate(e);
            e.budget().pay(input);
            return e.budget().pay(filter.apply(input, arguments.evaluate(e), e));
        };
    }

    private Expression test(Expression value) {
        boolean negated = acceptName("not");
        String name = name();
        Tests.Test test = Tests.get(name);
        ParsedArguments arguments = new ParsedArguments(new ArrayList<>(), Map.of());
        Token token = peek();
        if (accept("(")) {
            arguments = arguments();
        } else if ((token.kind() == Kind.NAME && !NOT_A_TEST_ARGUMENT.contains(token.text()))
                || token.kind() == Kind.STRING
                || token.kind() == Kind.INTEGER
                || token.kind() == Kind.FLOAT
                || token.is("[")
                || token.is("{")) {
            arguments.positional().add(postfix(primary()));
        }
        ParsedArguments given = arguments;
        return e -> {
            e.budget().spend(1);
            return negated != test.apply(value.evaluate(e), given.evaluate(e), e);
        };
    }

    private Token peek() {
        return tokens.get(at);
    }

    private Token next() {
        return tokens.get(atEnd() ? at : at++);
    }

    private JinjaException unexpected() {
        String found = atEnd() ? "the end" : "'" + peek().text() + "'";
        return new JinjaException("unexpected " + found + " in \"" + source.strip() + "\"");
    }
}
