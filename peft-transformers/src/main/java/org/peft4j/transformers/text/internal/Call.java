package org.peft4j.transformers.text.internal;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A call.
 *
 * @param function what is called
 * @param arguments with what
 */
record Call(Expression function, CallArguments arguments) implements Expression {

    @Override
    public Object evaluate(Evaluation e) {
        return call(function.evaluate(e), arguments.evaluate(e), e.budget());
    }

    /** Calls with a {@code caller} beside the arguments. */
    Object evaluate(Evaluation e, Macro caller) {
        Object target = function.evaluate(e);
        Arguments given = arguments.evaluate(e);
        Map<String, Object> named = new LinkedHashMap<>(given.named());
        if (named.put("caller", caller) != null) {
            throw new JinjaException("a caller is given twice");
        }
        return call(target, new Arguments(given.positional(), named), e.budget());
    }

    private static Object call(Object target, Arguments arguments, Budget budget) {
        budget.spend(1);
        if (target instanceof Callable callable) {
            return callable.call(arguments, budget);
        }
        if (target instanceof LoopState loop) {
            return loop.call(arguments, budget);
        }
        throw target instanceof Undefined undefined
                ? undefined.error()
                : new JinjaException("a " + Values.typeName(target) + " cannot be called");
    }
}
