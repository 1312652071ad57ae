package org.peft4j.transformers.text.internal;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.peft4j.core.files.PythonNumbers;

/** What {@code repr} gives. */
final class Representation {

    private final StringBuilder out = new StringBuilder();
    private final Budget budget;

    private final boolean sorted;

    private Representation(Budget budget, boolean sorted) {
        this.budget = budget;
        this.sorted = sorted;
    }

    static String of(Object value, Budget budget) {
        Representation representation = new Representation(budget, false);
        representation.write(value);
        return representation.out.toString();
    }

    /** The same with the keys of dicts in order. */
    static String sorted(Object value, Budget budget) {
        Representation representation = new Representation(budget, true);
        representation.write(value);
        return representation.out.toString();
    }

    static String number(Object number, Budget budget) {
        if (number instanceof Double real) {
            budget.spend(8);
            return PythonNumbers.repr(real);
        }
        if (number instanceof BigInteger big) {
            Numbers.requirePrintable(big);
            budget.read(big.bitLength());
        }
        return number instanceof Boolean b ? b ? "True" : "False" : number.toString();
    }

    private void write(Object value) {
        budget.spend(1);
        Budget.requireLength(out.length());
        if (value instanceof String text) {
            budget.make(2L * text.length());
            PythonText.quote(text, out);
        } else if (value instanceof Markup markup) {
            out.append("Markup(");
            write(markup.text());
            out.append(')');
        } else if (value instanceof List<?> list) {
            list(list, value instanceof Tuple);
        } else if (value instanceof Map<?, ?> map) {
            map(map);
        } else if (value instanceof DictView view) {
            out.append("dict_").append(view.kind()).append('(');
            list(view.list(), false);
            out.append(')');
        } else if (Numbers.isNumber(value)) {
            out.append(number(value, budget));
        } else if (value instanceof Namespace namespace) {
            out.append("<Namespace ");
            map(namespace.values());
            out.append('>');
        } else if (value == None.NONE || value instanceof Undefined) {
            out.append(value == None.NONE ? "None" : "Undefined");
        } else if (value instanceof Range || value instanceof LoopState || value instanceof Macro) {
            out.append(value);
        } else {
            throw new JinjaException(
                    "a " + Values.typeName(value) + " is no text: Python writes its address");
        }
    }

    private void list(List<?> list, boolean tuple) {
        String separator = tuple ? "(" : "[";
        for (Object item : list) {
            out.append(separator);
            write(item);
            separator = ", ";
        }
        out.append(list.isEmpty() ? separator : list.size() == 1 && tuple ? "," : "");
        out.append(tuple ? ")" : "]");
    }

    private void map(Map<?, ?> map) {
        String separator = "{";
        List<Map.Entry<?, ?>> entries = new ArrayList<>(map.entrySet());
        if (sorted) {
            entries.sort((a, b) -> Comparisons.order(a.getKey(), b.getKey(), budget));
        }
        for (Map.Entry<?, ?> entry : entries) {
            out.append(separator);
            write(entry.getKey());
            out.append(": ");
            write(entry.getValue());
            separator = ", ";
        }
        out.append(map.isEmpty() ? "{}" : "}");
    }
}
