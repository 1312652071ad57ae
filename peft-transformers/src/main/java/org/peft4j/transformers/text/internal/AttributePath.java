package org.peft4j.transformers.text.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * What filters call an attribute: a path such as {@code function.name}, an index, or nothing for
 * the item itself.
 *
 * @param steps keys and indices
 * @param otherwise what stands for a missing one, or none
 */
record AttributePath(List<Object> steps, Object otherwise) {

    static AttributePath of(Object path, Object otherwise, Budget budget) {
        if (path == None.NONE) {
            return new AttributePath(List.of(), otherwise);
        }
        if (!Values.isText(path)) {
            return new AttributePath(List.of(path), otherwise);
        }
        List<Object> steps = new ArrayList<>();
        String text = Values.requireText(path);
        for (Object part : Splits.split(text, Arguments.of("."), false, budget)) {
            String step = Values.requireText(part);
            steps.add(PythonText.all(step, PythonText::isDigit) ? index(step) : step);
        }
        return new AttributePath(steps, otherwise);
    }

    private static Object index(String digits) {
        Object index = NumberText.whole(digits, 10);
        if (index == None.NONE) {
            throw new JinjaException("\"" + digits + "\" is no index");
        }
        return index;
    }

    static AttributePath of(Object path, Budget budget) {
        return of(path, None.NONE, budget);
    }

    Object get(Object value, Budget budget) {
        Object found = value;
        for (Object step : steps) {
            budget.spend(1);
            found = Access.subscript(found, step, budget);
            if (found instanceof Undefined && otherwise != None.NONE) {
                found = otherwise;
            }
        }
        return found;
    }

    /** Ignores case unless it matters. */
    static UnaryOperator<Object> fold(boolean sensitive, Budget budget) {
        return sensitive ? value -> value : value -> lower(value, budget);
    }

    private static Object lower(Object value, Budget budget) {
        if (!Values.isText(value)) {
            return value;
        }
        String text = Values.requireText(value);
        budget.make(text.length());
        return PythonText.lower(text);
    }
}
