package org.peft4j.transformers.text.internal;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.interpret.Context;
import com.hubspot.jinjava.interpret.Context.Library;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.interpret.TemplateError;
import com.hubspot.jinjava.tree.Node;
import java.math.BigDecimal;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.peft4j.transformers.text.internal.ChatInterpreter.Interrupt;

/** A parsed template. Safe for many threads. */
public final class JinjaTemplate {

    /** The longest template, in UTF-16 units. */
    private static final int LONGEST = 1 << 20;

    private static final JinjavaConfig CONFIG =
            JinjavaConfig.newBuilder()
                    .withNestedInterpretationEnabled(false)
                    .withMaxOutputSize(Budget.LONGEST)
                    .withLegacyOverrides(
                            LegacyOverrides.newBuilder()
                                    .withParseWhitespaceControlStrictly(true)
                                    .withAllowAdjacentTextNodes(true)
                                    .withHandleBackslashInQuotesOnly(true)
                                    .withDefaultKeepTrailingNewlineBehavior(true)
                                    .build())
                    .withDisabled(
                            Map.of(
                                    Library.TAG,
                                    Set.of(
                                            "autoescape",
                                            "block",
                                            "cycle",
                                            "do",
                                            "extends",
                                            "from",
                                            "ifchanged",
                                            "import",
                                            "include",
                                            "print",
                                            "unless")))
                    .build();

    private static final Jinjava LIBRARY = library();

    private final Node root;
    private final Clock clock;
    private final Map<String, Expression> expressions = new ConcurrentHashMap<>();

    /**
     * Parses a template.
     *
     * @param source the template
     * @param clock what {@code strftime_now} reads
     * @throws JinjaException if it is wrong
     */
    public JinjaTemplate(String source, Clock clock) {
        if (source.length() > LONGEST) {
            throw new JinjaException("the template is longer than " + LONGEST);
        }
        this.clock = clock;
        this.root =
                guarded(
                        () -> {
                            ChatInterpreter interpreter = interpreter(Functions.scope(clock));
                            Node parsed = interpreter.parse(Whitespace.apply(source, CONFIG));
                            for (TemplateError error : interpreter.getErrorsCopy()) {
                                throw new JinjaException(error.getMessage());
                            }
                            return parsed;
                        });
    }

    /**
     * Renders the template.
     *
     * @param variables what it sees
     * @throws JinjaException if the template refuses its input, is wrong or does too much
     */
    public Rendered render(JsonObject variables) {
        return guarded(
                () -> {
                    Scope scope = Functions.scope(clock).child();
                    variables.entrySet().forEach(e -> scope.set(e.getKey(), value(e.getValue())));
                    ChatInterpreter interpreter = interpreter(scope);
                    try (var current = JinjavaInterpreter.closeablePushCurrent(interpreter).get()) {
                        return interpreter.render(root.getChildren());
                    }
                });
    }

    private ChatInterpreter interpreter(Scope scope) {
        Context context =
                new Context(LIBRARY.getGlobalContextCopy(), Map.of(), CONFIG.getDisabled());
        return new ChatInterpreter(
                LIBRARY,
                context,
                source -> expressions.computeIfAbsent(source, Parser::parse),
                new Evaluation(scope, new Budget()));
    }

    /** Whatever goes wrong inside the library or by too deep nesting is the template's fault. */
    private static <T> T guarded(Supplier<T> action) {
        try {
            return action.get();
        } catch (StackOverflowError e) {
            throw new JinjaException("the template is nested too deeply");
        } catch (RuntimeException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof JinjaException ours) {
                    throw ours;
                }
            }
            throw new JinjaException(String.valueOf(e.getMessage()));
        }
    }

    private static Jinjava library() {
        Jinjava library = new Jinjava(CONFIG);
        library.registerTag(JinjaTag.block("if", Blocks::choose));
        library.registerTag(JinjaTag.block("with", Blocks::with));
        library.registerTag(JinjaTag.block("filter", Blocks::filter));
        library.registerTag(JinjaTag.block("generation", Blocks::generation));
        library.registerTag(JinjaTag.block("for", Loops::render));
        library.registerTag(
                JinjaTag.single("break", (node, in) -> Loops.interrupt(in, Interrupt.BREAK)));
        library.registerTag(
                JinjaTag.single("continue", (node, in) -> Loops.interrupt(in, Interrupt.CONTINUE)));
        library.registerTag(JinjaTag.block("macro", Macros::define));
        library.registerTag(JinjaTag.block("call", Macros::call));
        library.registerTag(new SetTag());
        return library;
    }

    private static Object value(JsonElement json) {
        if (json instanceof JsonObject object) {
            Map<Object, Object> map = new LinkedHashMap<>();
            object.entrySet().forEach(e -> map.put(e.getKey(), value(e.getValue())));
            return map;
        }
        if (json instanceof JsonArray array) {
            List<Object> list = new ArrayList<>(array.size());
            array.forEach(item -> list.add(value(item)));
            return list;
        }
        if (!(json instanceof JsonPrimitive primitive)) {
            return None.NONE;
        }
        if (primitive.isBoolean()) {
            return primitive.getAsBoolean();
        }
        return primitive.isNumber() ? number(primitive) : primitive.getAsString();
    }

    private static Object number(JsonPrimitive primitive) {
        String digits = primitive.getAsString();
        boolean whole = digits.chars().allMatch(c -> c == '-' || (c >= '0' && c <= '9'));
        try {
            return whole
                    ? (Object) new BigDecimal(digits).longValueExact()
                    : (Object) primitive.getAsDouble();
        } catch (ArithmeticException e) {
            throw new JinjaException("the number " + digits + " is too large");
        }
    }
}
