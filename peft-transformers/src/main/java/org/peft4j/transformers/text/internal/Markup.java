package org.peft4j.transformers.text.internal;

/**
 * A text that {@code escape} or {@code safe} made: it is not escaped again.
 *
 * @param text the text
 */
record Markup(String text) {

    /** Escapes a text, unless it was before. */
    static Markup escape(Object value, Budget budget) {
        return value instanceof Markup markup
                ? markup
                : new Markup(budget.pay(PythonText.escapeHtml(Values.text(value, budget))));
    }
}
