package org.peft4j.transformers.text.internal;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.peft4j.transformers.text.internal.Token.Kind;

/** Parses literals and names with what stands behind them: items, calls, filters and tests. */
final class OperandParser {

    private final ExpressionParser expressions;
    private final Tokens tokens;
    private final Names names;

    OperandParser(ExpressionParser expressions, Tokens tokens, Names names) {
        this.expressions = expressions;
        this.tokens = tokens;
        this.names = names;
    }

    static List<Object> values(List<Expression> expressions, Evaluation e) {
        List<Object> values = new ArrayList<>(expressions.size());
        e.budget().makeItems(expressions.size());
        expressions.forEach(item -> values.add(item.evaluate(e)));
        return values;
    }

    Expression unary(boolean withFilters) {
        Expression value;
        if (tokens.peek().is("-") || tokens.peek().is("+")) {
            tokens.enter();
            boolean minus = tokens.next().text().equals("-");
            Expression operand = unary(false);
            value = e -> Arithmetic.sign(operand.evaluate(e), minus);
            tokens.leave();
        } else {
            value = primary();
        }
        value = postfix(value);
        return withFilters ? filters(value) : value;
    }

    private Expression primary() {
        return switch (tokens.peek().kind()) {
            case NAME -> named(tokens.next().text());
            case STRING -> {
                StringBuilder text = new StringBuilder();
                while (tokens.peek().kind() == Kind.STRING) {
                    text.append(tokens.next().text());
                }
                yield constant(text.toString());
            }
            case INTEGER -> constant(integer(tokens.next().text()));
            case FLOAT -> constant(Double.parseDouble(tokens.next().text()));
            default -> bracketed();
        };
    }

    private Expression bracketed() {
        if (tokens.accept("(")) {
            tokens.enter();
            Expression inner = expressions.tuple(true, "", true);
            tokens.leave();
            tokens.expect(")");
            return inner;
        }
        if (tokens.accept("[")) {
            List<Expression> items = list();
            return e -> values(items, e);
        }
        if (tokens.accept("{")) {
            return dict();
        }
        throw tokens.unexpected();
    }

    private static Object integer(String digits) {
        if (digits.length() > 4300) {
            throw new JinjaException("a whole number has too many digits");
        }
        int radix =
                digits.startsWith("0x")
                        ? 16
                        : digits.startsWith("0o") ? 8 : digits.startsWith("0b") ? 2 : 10;
        return Numbers.whole(new BigInteger(radix == 10 ? digits : digits.substring(2), radix));
    }

    private Expression named(String name) {
        return switch (name) {
            case "true", "True" -> constant(true);
            case "false", "False" -> constant(false);
            case "none", "None" -> constant(None.NONE);
            default -> {
                names.load(name);
                yield e -> e.scope().get(name);
            }
        };
    }

    private static Expression constant(Object value) {
        return e -> value;
    }

    private List<Expression> list() {
        tokens.enter();
        List<Expression> items = new ArrayList<>();
        while (!tokens.accept("]")) {
            if (!items.isEmpty()) {
                tokens.expect(",");
                if (tokens.accept("]")) {
                    break;
                }
            }
            items.add(expressions.expression());
        }
        tokens.leave();
        return items;
    }

    private Expression dict() {
        List<Expression> keys = new ArrayList<>();
        List<Expression> items = new ArrayList<>();
        tokens.enter();
        while (!tokens.accept("}")) {
            if (!keys.isEmpty()) {
                tokens.expect(",");
                if (tokens.accept("}")) {
                    break;
                }
            }
            keys.add(expressions.expression());
            tokens.expect(":");
            items.add(expressions.expression());
        }
        tokens.leave();
        return e -> {
            e.budget().makeItems(2L * keys.size());
            Map<Object, Object> values = new LinkedHashMap<>();
            for (int i = 0; i < keys.size(); i++) {
                Dicts.put(values, keys.get(i).evaluate(e), items.get(i).evaluate(e));
            }
            return values;
        };
    }

    private Expression postfix(Expression start) {
        Expression value = start;
        while (true) {
            Expression base = value;
            if (tokens.accept(".")) {
                if (tokens.peek().kind() == Kind.INTEGER) {
                    Object index = integer(tokens.next().text());
                    value = e -> Access.subscript(base.evaluate(e), index, e.budget());
                } else {
                    String name = tokens.name();
                    value = e -> Access.attribute(base.evaluate(e), name, e.budget());
                }
            } else if (tokens.accept("[")) {
                value = subscript(base);
            } else if (tokens.accept("(")) {
                value = new Call(base, arguments());
            } else {
                return value;
            }
        }
    }

    private Expression subscript(Expression base) {
        List<Expression> keys = new ArrayList<>();
        while (!tokens.accept("]")) {
            if (!keys.isEmpty()) {
                tokens.expect(",");
            }
            Expression start = tokens.peek().is(":") ? null : expressions.expression();
            if (start != null && !tokens.peek().is(":")) {
                keys.add(start);
                continue;
            }
            tokens.expect(":");
            Expression stop = endsBound(true) ? null : expressions.expression();
            Expression step =
                    tokens.accept(":") && !endsBound(false) ? expressions.expression() : null;
            if (!keys.isEmpty() || !tokens.accept("]")) {
                throw tokens.unexpected();
            }
            return e ->
                    Access.slice(
                            base.evaluate(e),
                            value(start, e),
                            value(stop, e),
                            value(step, e),
                            e.budget());
        }
        if (keys.size() == 1) {
            Expression key = keys.get(0);
            return e -> Access.subscript(base.evaluate(e), key.evaluate(e), e.budget());
        }
        return e -> Access.subscript(base.evaluate(e), Tuple.copyOf(values(keys, e)), e.budget());
    }

    private boolean endsBound(boolean stop) {
        Token token = tokens.peek();
        return token.is("]") || token.is(",") || (stop && token.is(":"));
    }

    private static Object value(@Nullable Expression expression, Evaluation e) {
        return expression == null ? None.NONE : expression.evaluate(e);
    }

    /** Parses arguments behind their opening parenthesis. */
    private CallArguments arguments() {
        List<Expression> positional = new ArrayList<>();
        Map<String, Expression> named = new LinkedHashMap<>();
        Expression list = null;
        Expression dict = null;
        boolean first = true;
        tokens.enter();
        while (!tokens.accept(")")) {
            if (!first) {
                tokens.expect(",");
                if (tokens.accept(")")) {
                    break;
                }
            }
            first = false;
            boolean star = tokens.peek().is("*");
            if (dict != null || (star && list != null)) {
                throw tokens.unexpected();
            }
            if (tokens.accept("*")) {
                list = expressions.expression();
            } else if (tokens.accept("**")) {
                dict = expressions.expression();
            } else if (tokens.peek().kind() == Kind.NAME && tokens.look().is("=")) {
                String name = tokens.name();
                tokens.expect("=");
                if (named.put(name, expressions.expression()) != null) {
                    throw new JinjaException("the argument '" + name + "' is given twice");
                }
            } else {
                if (list != null || !named.isEmpty()) {
                    throw tokens.unexpected();
                }
                positional.add(expressions.expression());
            }
        }
        tokens.leave();
        return new CallArguments(positional, named, list, dict);
    }

    /** Parses filters, tests and calls behind a value. */
    Expression filters(Expression start) {
        Expression value = start;
        while (true) {
            if (tokens.accept("|")) {
                value = filter(value);
            } else if (tokens.acceptName("is")) {
                value = test(value);
            } else if (tokens.accept("(")) {
                value = new Call(value, arguments());
            } else {
                return value;
            }
        }
    }

    /** Parses a filter and those behind it. */
    Expression filterChain(Expression start) {
        Expression value = filter(start);
        while (tokens.accept("|")) {
            value = filter(value);
        }
        return value;
    }

    private String dottedName() {
        StringBuilder name = new StringBuilder(tokens.name());
        while (tokens.accept(".")) {
            name.append('.').append(tokens.name());
        }
        return name.toString();
    }

    private Expression filter(Expression value) {
        String name = dottedName();
        if (!Filters.exists(name)) {
            names.unknown("no filter is named '" + name + "'");
        }
        CallArguments arguments = tokens.accept("(") ? arguments() : CallArguments.NONE;
        return e -> {
            e.budget().spend(1);
            return Filters.get(name).apply(value.evaluate(e), arguments.evaluate(e), e.budget());
        };
    }

    private Expression test(Expression value) {
        boolean negated = tokens.acceptName("not");
        String name = dottedName();
        if (!Tests.exists(name)) {
            names.unknown("no test is named '" + name + "'");
        }
        CallArguments arguments = CallArguments.NONE;
        if (tokens.accept("(")) {
            arguments = arguments();
        } else if (startsArgument(tokens.peek())) {
            if (tokens.peek().isName("is")) {
                throw new JinjaException("tests cannot be chained with 'is'");
            }
            arguments = new CallArguments(List.of(postfix(primary())), Map.of(), null, null);
        }
        CallArguments given = arguments;
        return e -> {
            e.budget().spend(1);
            boolean holds = Tests.get(name).apply(value.evaluate(e), given.evaluate(e), e.budget());
            return negated != holds;
        };
    }

    private static boolean startsArgument(Token token) {
        return switch (token.kind()) {
            case NAME -> !token.isName("else") && !token.isName("or") && !token.isName("and");
            case STRING, INTEGER, FLOAT -> true;
            default -> token.is("[") || token.is("{");
        };
    }
}
