package org.peft4j.transformers.text.internal;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.peft4j.transformers.text.internal.Node.Flow;
import org.peft4j.transformers.text.internal.Token.Kind;

/** Parses a template: text, output and tags. */
final class StatementParser {

    private static final Set<String> ELSEWHERE = Set.of("include", "import", "from", "extends");

    /** What a filter of a block reads; no name of a template is so. */
    private static final String BODY = " body";

    private final Tokens tokens;
    private final Names names = new Names();
    private final ExpressionParser expressions;
    private final TargetParser targets;
    private final Set<String> blocks = new HashSet<>();
    private int loops;

    private StatementParser(Tokens tokens) {
        this.tokens = tokens;
        this.expressions = new ExpressionParser(tokens, names);
        this.targets = new TargetParser(tokens, names);
    }

    static Node parse(String template) {
        StatementParser parser = new StatementParser(new Tokens(TemplateLexer.tokens(template)));
        Node root = parser.sequence();
        if (parser.tokens.peek().kind() != Kind.END) {
            throw parser.tokens.unexpected();
        }
        parser.names.requireKnown();
        return root;
    }

    /** Parses up to the end of the template, or into a tag that is one of these. */
    private Node sequence(String... ends) {
        List<Node> nodes = new ArrayList<>();
        tokens.enter();
        while (tokens.peek().kind() != Kind.END) {
            Token token = tokens.next();
            switch (token.kind()) {
                case DATA -> nodes.add(data(token.text()));
                case OUTPUT_BEGIN -> {
                    nodes.add(output(expressions.tuple()));
                    tokens.expect(Kind.OUTPUT_END);
                }
                case BLOCK_BEGIN -> {
                    if (tokens.peek().kind() == Kind.NAME
                            && List.of(ends).contains(tokens.peek().text())) {
                        tokens.leave();
                        return Node.sequence(nodes);
                    }
                    nodes.add(statement());
                    tokens.expect(Kind.BLOCK_END);
                }
                default -> throw tokens.unexpected();
            }
        }
        if (ends.length > 0) {
            throw new JinjaException("a tag misses its " + ends[ends.length - 1]);
        }
        tokens.leave();
        return Node.sequence(nodes);
    }

    private static Node data(String text) {
        return (e, out) -> {
            out.append(text, e.budget());
            return Flow.NEXT;
        };
    }

    private static Node output(Expression expression) {
        return (e, out) -> {
            out.append(Values.text(expression.evaluate(e), e.budget()), e.budget());
            return Flow.NEXT;
        };
    }

    /** Parses the body of a tag from the end of its head into the tag that ends it. */
    private Node body(String... ends) {
        tokens.accept(":");
        tokens.expect(Kind.BLOCK_END);
        return sequence(ends);
    }

    /** Parses a body with variables of its own, over the tag that ends it. */
    private Node inner(String end) {
        return inner(() -> endedBy(end));
    }

    private Node inner(Supplier<Node> body) {
        boolean soft = names.soften(false);
        Node node = body.get();
        names.soften(soft);
        return node;
    }

    /** Parses what is no part of the loops around it. */
    private Node apart(Supplier<Node> body) {
        int around = loops;
        loops = 0;
        Node node = inner(body);
        loops = around;
        return node;
    }

    private Node statement() {
        String tag = tokens.name();
        return switch (tag) {
            case "if" -> choice();
            case "for" -> loop();
            case "set" -> set();
            case "macro" -> macro();
            case "call" -> call();
            case "with" -> with();
            case "filter" -> filter();
            case "block" -> block();
            case "print" -> print();
            case "generation" -> generation();
            case "break" -> interrupt(Flow.BREAK);
            case "continue" -> interrupt(Flow.CONTINUE);
            default -> {
                if (ELSEWHERE.contains(tag)) {
                    throw new JinjaException(
                            "the tag '" + tag + "' needs other templates, which chats do not have");
                }
                throw new JinjaException("the tag '" + tag + "' is not known here");
            }
        };
    }

    private Node choice() {
        boolean soft = names.soften(true);
        List<Expression> conditions = new ArrayList<>();
        List<Node> bodies = new ArrayList<>();
        String end;
        do {
            conditions.add(expressions.tuple(false, "", false));
            bodies.add(body("elif", "else", "endif"));
            end = tokens.name();
        } while (end.equals("elif"));
        Node otherwise = Node.sequence(List.of());
        if (end.equals("else")) {
            otherwise = body("endif");
            tokens.next();
        }
        names.soften(soft);
        Node last = otherwise;
        return (e, out) -> {
            for (int i = 0; i < conditions.size(); i++) {
                e.budget().spend(1);
                if (Values.truth(conditions.get(i).evaluate(e))) {
                    return bodies.get(i).render(e, out);
                }
            }
            return last.render(e, out);
        };
    }

    private Node loop() {
        Target target = targets.target("in", false);
        if (!tokens.acceptName("in")) {
            throw tokens.unexpected();
        }
        Expression items = expressions.tuple(false, "recursive", false);
        Expression condition = tokens.acceptName("if") ? expressions.expression() : e -> true;
        boolean recursive = tokens.acceptName("recursive");
        boolean soft = names.soften(false);
        loops++;
        Node body = body("endfor", "else");
        loops--;
        Node otherwise = Node.sequence(List.of());
        if (tokens.name().equals("else")) {
            otherwise = body("endfor");
            tokens.next();
        }
        names.soften(soft);
        return new Loop(target, items, condition, recursive, body, otherwise);
    }

    private Node interrupt(Flow flow) {
        if (loops == 0) {
            throw new JinjaException("a break or continue is outside of a loop");
        }
        return (e, out) -> flow;
    }

    private Node set() {
        Target target = targets.target("", true);
        if (tokens.accept("=")) {
            Expression value = expressions.tuple();
            return (e, out) -> {
                target.assign(e, value.evaluate(e));
                return Flow.NEXT;
            };
        }
        Expression text = e -> e.scope().get(BODY);
        Expression filters = tokens.accept("|") ? expressions.operands().filterChain(text) : text;
        Node body = apart(() -> endedBy("endset"));
        return (e, out) -> {
            target.assign(e, filters.evaluate(withBody(e, Node.text(body, e.inner()))));
            return Flow.NEXT;
        };
    }

    private static Evaluation withBody(Evaluation e, String text) {
        Evaluation inner = e.inner();
        inner.scope().set(BODY, text);
        return inner;
    }

    private Node filter() {
        Expression filters = expressions.operands().filterChain(e -> e.scope().get(BODY));
        Node body = apart(() -> endedBy("endfilter"));
        return output(e -> filters.evaluate(withBody(e, Node.text(body, e.inner()))));
    }

    private Node endedBy(String end) {
        Node body = body(end);
        tokens.next();
        return body;
    }

    private Node generation() {
        Node body = apart(() -> endedBy("endgeneration"));
        return (e, out) -> {
            int start = out.length();
            Flow flow = body.render(e.inner(), out);
            out.markFrom(start);
            return flow;
        };
    }

    private Node with() {
        Map<Target, Expression> values = new LinkedHashMap<>();
        boolean first = true;
        while (tokens.peek().kind() != Kind.BLOCK_END) {
            if (!first) {
                tokens.expect(",");
            }
            first = false;
            Target target = targets.target("", false);
            tokens.expect("=");
            values.put(target, expressions.expression());
        }
        Node body = inner("endwith");
        return (e, out) -> {
            Evaluation inside = e.inner();
            values.forEach((target, value) -> target.assign(inside, value.evaluate(e)));
            return body.render(inside, out);
        };
    }

    private Node block() {
        String name = tokens.name();
        boolean scoped = tokens.acceptName("scoped");
        boolean required = tokens.acceptName("required");
        if (required || !blocks.add(name)) {
            throw new JinjaException("the block '" + name + "' is required or there twice");
        }
        Node body = apart(() -> endedBy("endblock"));
        tokens.acceptName(name);
        return (e, out) -> {
            Scope around = scoped ? e.scope() : e.scope().template();
            return body.render(new Evaluation(around.child(), e.budget()), out);
        };
    }

    private Node print() {
        List<Node> outputs = new ArrayList<>();
        while (tokens.peek().kind() != Kind.BLOCK_END) {
            if (!outputs.isEmpty()) {
                tokens.expect(",");
            }
            outputs.add(output(expressions.expression()));
        }
        return Node.sequence(outputs);
    }

    private Node macro() {
        String name = targets.name();
        Macro.Definition definition = definition(name, signature(), "endmacro");
        return (e, out) -> {
            e.scope().set(name, new Macro(definition, e.scope()));
            return Flow.NEXT;
        };
    }

    private Node call() {
        boolean parameters = tokens.peek().is("(");
        Map<String, Expression> signature = parameters ? signature() : new LinkedHashMap<>();
        if (!(expressions.expression() instanceof Call call)) {
            throw new JinjaException("the tag 'call' needs a call");
        }
        Macro.Definition definition = definition("caller", signature, "endcall");
        return output(e -> call.evaluate(e, new Macro(definition, e.scope())));
    }

    private Macro.Definition definition(
            String name, Map<String, Expression> signature, String end) {
        names.enterMacro();
        Node body = apart(() -> endedBy(end));
        return new Macro.Definition(name, signature, body, names.leaveMacro());
    }

    private Map<String, Expression> signature() {
        Map<String, Expression> parameters = new LinkedHashMap<>();
        tokens.expect("(");
        boolean defaults = false;
        while (!tokens.accept(")")) {
            if (!parameters.isEmpty()) {
                tokens.expect(",");
            }
            String name = targets.name();
            Expression otherwise = e -> new Undefined("parameter '" + name + "' was not provided");
            if (tokens.accept("=")) {
                otherwise = expressions.expression();
                defaults = true;
            } else if (defaults) {
                throw new JinjaException("a parameter without default follows one that has one");
            }
            if (parameters.put(name, otherwise) != null) {
                throw new JinjaException("the parameter '" + name + "' is there twice");
            }
        }
        return parameters;
    }
}
