package org.peft4j.transformers.text.internal;

/**
 * Where an expression is evaluated.
 *
 * @param scope the variables
 * @param budget what pays for it
 */
record Evaluation(Scope scope, Budget budget) {

    /** The same with variables of its own. */
    Evaluation inner() {
        return new Evaluation(scope.child(), budget);
    }
}
