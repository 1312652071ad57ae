package org.peft4j.transformers.text.internal;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.math.BigInteger;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** A parsed template. Safe for many threads. */
public final class JinjaTemplate {

    /** The longest template, in UTF-16 units. */
    private static final int LONGEST = 1 << 20;

    private final Node root;
    private final Clock clock;

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
        this.root = guarded(() -> StatementParser.parse(source));
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
                    Rendered.Builder out = new Rendered.Builder();
                    root.render(new Evaluation(scope, new Budget()), out);
                    return out.build();
                });
    }

    /** Too deep nesting is the template's fault. */
    private static <T> T guarded(Supplier<T> action) {
        try {
            return action.get();
        } catch (StackOverflowError e) {
            throw new JinjaException("the template is nested too deeply");
        }
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
        return primitive.isNumber() ? number(primitive.getAsString()) : primitive.getAsString();
    }

    /** A number that is written without point and exponent is whole. */
    private static Object number(String digits) {
        boolean whole = digits.chars().allMatch(c -> c == '-' || (c >= '0' && c <= '9'));
        if (digits.length() > 4300) {
            throw new JinjaException("a number has too many digits");
        }
        return whole ? Numbers.whole(new BigInteger(digits)) : (Object) Double.valueOf(digits);
    }
}
