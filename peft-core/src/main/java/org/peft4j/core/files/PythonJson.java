package org.peft4j.core.files;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;

/**
 * Writes JSON byte for byte as Python's {@code json.dumps(value, indent=2, sort_keys=True)} does,
 * which is how {@code peft} and {@code transformers} write their configs. No line break at the end:
 * {@code peft} writes none, {@code transformers} appends one.
 */
public final class PythonJson {

    private final StringBuilder out = new StringBuilder();

    private PythonJson() {}

    /**
     * Returns the text of a value; pure ASCII.
     *
     * @param value what to write
     * @return the text, indented by two spaces, keys sorted by code point
     * @throws IllegalArgumentException if a number is not finite, which JSON cannot express
     */
    public static String dumps(JsonElement value) {
        PythonJson json = new PythonJson();
        json.write(value, 0);
        return json.out.toString();
    }

    private void write(JsonElement value, int depth) {
        if (value instanceof JsonObject object) {
            writeObject(object, depth);
        } else if (value instanceof JsonArray array) {
            writeArray(array, depth);
        } else if (value instanceof JsonPrimitive primitive) {
            writePrimitive(primitive);
        } else {
            out.append("null");
        }
    }

    private void writeObject(JsonObject object, int depth) {
        if (object.isEmpty()) {
            out.append("{}");
            return;
        }
        String separator = "{";
        List<String> keys = object.keySet().stream().sorted(CodePoints.ORDER).toList();
        for (String key : keys) {
            out.append(separator);
            newLine(depth + 1);
            writeString(key);
            out.append(": ");
            write(object.get(key), depth + 1);
            separator = ",";
        }
        newLine(depth);
        out.append('}');
    }

    private void writeArray(JsonArray array, int depth) {
        if (array.isEmpty()) {
            out.append("[]");
            return;
        }
        String separator = "[";
        for (JsonElement element : array) {
            out.append(separator);
            newLine(depth + 1);
            write(element, depth + 1);
            separator = ",";
        }
        newLine(depth);
        out.append(']');
    }

    private void newLine(int depth) {
        out.append('\n').append("  ".repeat(depth));
    }

    private void writePrimitive(JsonPrimitive primitive) {
        if (primitive.isString()) {
            writeString(primitive.getAsString());
        } else if (primitive.isBoolean()) {
            out.append(primitive.getAsBoolean());
        } else {
            out.append(number(primitive.getAsNumber()));
        }
    }

    private void writeString(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\f' -> out.append("\\f");
                case '\b' -> out.append("\\b");
                default -> {
                    if (c >= ' ' && c <= '~') {
                        out.append(c);
                    } else {
                        out.append(String.format("\\u%04x", (int) c));
                    }
                }
            }
        }
        out.append('"');
    }

    /**
     * A number that was written without point and exponent is an int in Python. NaN and Infinity,
     * which are no JSON, are written as Python does, for they come from files of its.
     */
    private static String number(Number number) {
        if (number instanceof Double || number instanceof Float || number instanceof BigDecimal) {
            double value = Double.parseDouble(number.toString());
            return Double.isFinite(value) ? repr(value) : Double.toString(value);
        }
        String text = number.toString();
        return text.chars().anyMatch(c -> c == '.' || c == 'e' || c == 'E')
                ? repr(Double.parseDouble(text))
                : new BigInteger(text).toString();
    }

    private static String repr(double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("a number must be finite to be written as JSON");
        }
        return PythonNumbers.repr(value);
    }
}
