package org.peft4j.transformers.text.internal;

/** A parsed expression. */
@FunctionalInterface
interface Expression {
    Object evaluate(Evaluation evaluation);
}
