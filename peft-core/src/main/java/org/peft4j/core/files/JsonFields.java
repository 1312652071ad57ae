package org.peft4j.core.files;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.BadFileException;

/**
 * The fields of a JSON object that was read from a file, by type. Whatever is not of the type asked
 * for becomes an error such as {@code config.json: hidden_size must be a positive integer but is
 * "many"}. A field that is {@code null} counts as absent, as it does in Python's configs.
 *
 * <p>All getters throw {@link BadFileException}; those that are not optional also when the field is
 * absent.
 */
public final class JsonFields {

    private static final String REMEDY =
            "Correct it by hand, or restore the file from where it came from";

    private final Path file;
    private final String prefix;
    private final JsonObject object;

    private JsonFields(Path file, String prefix, JsonObject object) {
        this.file = file;
        this.prefix = prefix;
        this.object = object;
    }

    /**
     * Looks at an object by type.
     *
     * @param file the file that the object was read from
     * @param object the whole object of that file
     * @return the fields, a view of the object
     */
    public static JsonFields of(Path file, JsonObject object) {
        return new JsonFields(file, "", object);
    }

    /**
     * Reads a file by {@link JsonFiles#read}.
     *
     * @param file the file
     * @return its fields
     * @throws BadFileException if the file is not a JSON object
     */
    public static JsonFields read(Path file) {
        return of(file, JsonFiles.read(file));
    }

    /** Returns the file that is named in errors. */
    public Path file() {
        return file;
    }

    /** Returns the object itself, not a copy. */
    public JsonObject object() {
        return object;
    }

    /** Returns whether the field is there and not null. */
    public boolean has(String key) {
        return find(key) != null;
    }

    /** Returns a string. */
    public String string(String key) {
        return require(key, "a string", JsonFields::asString);
    }

    /** Returns a string, or empty if the field is absent. */
    public Optional<String> optionalString(String key) {
        return optional(key, "a string", JsonFields::asString);
    }

    /** Returns a whole number that fits into an int. */
    public int integer(String key) {
        return require(key, "an integer", JsonFields::asInteger);
    }

    /** Returns a whole number that fits into an int, or empty if the field is absent. */
    public OptionalInt optionalInt(String key) {
        return toInt(optional(key, "an integer", JsonFields::asInteger));
    }

    /** Returns a whole number from 1 up. */
    public int positiveInt(String key) {
        return require(key, "a positive integer", JsonFields::asPositive);
    }

    /** Returns a whole number from 1 up, or empty if the field is absent. */
    public OptionalInt optionalPositiveInt(String key) {
        return toInt(optional(key, "a positive integer", JsonFields::asPositive));
    }

    /** Returns a number that is neither infinite nor NaN. */
    public double number(String key) {
        return require(key, "a number", JsonFields::asNumber);
    }

    /** Returns a number, or empty if the field is absent. */
    public OptionalDouble optionalNumber(String key) {
        Optional<Double> number = optional(key, "a number", JsonFields::asNumber);
        return number.isPresent() ? OptionalDouble.of(number.get()) : OptionalDouble.empty();
    }

    /** Returns a boolean. */
    public boolean bool(String key) {
        return require(key, "true or false", JsonFields::asBoolean);
    }

    /** Returns a boolean, or empty if the field is absent. */
    public Optional<Boolean> optionalBool(String key) {
        return optional(key, "true or false", JsonFields::asBoolean);
    }

    /** Returns a list of strings. */
    public List<String> strings(String key) {
        return require(key, "a list of strings", e -> asList(e, JsonFields::asString));
    }

    /** Returns a list of strings, or empty if the field is absent. */
    public Optional<List<String>> optionalStrings(String key) {
        return optional(key, "a list of strings", e -> asList(e, JsonFields::asString));
    }

    /** Returns a list of whole numbers, or empty if the field is absent. */
    public Optional<List<Integer>> optionalIntegers(String key) {
        return optional(key, "a list of integers", e -> asList(e, JsonFields::asInteger));
    }

    /** Returns a list of numbers. */
    public List<Double> numbers(String key) {
        return require(key, "a list of numbers", e -> asList(e, JsonFields::asNumber));
    }

    /** Returns the fields of an object. */
    public JsonFields object(String key) {
        return nested(key, require(key, "an object", JsonFields::asObject));
    }

    /** Returns the fields of an object, or empty if the field is absent. */
    public Optional<JsonFields> optionalObject(String key) {
        return optional(key, "an object", JsonFields::asObject).map(o -> nested(key, o));
    }

    /**
     * Makes the error for a field whose value is of the right type but not allowed; the caller
     * throws it.
     *
     * @param key the field
     * @param expected what it must be, for example {@code "one of gelu, relu"}
     * @return an error of the form "KEY must be EXPECTED but is VALUE"
     */
    public BadFileException mustBe(String key, String expected) {
        JsonElement value = find(key);
        if (value == null) {
            return new BadFileException(
                    file,
                    prefix + key + " is missing or null; it must be " + expected,
                    "Add it" + Names.nearClause(key, object.keySet()) + ", or restore the file");
        }
        return new BadFileException(
                file, prefix + key + " must be " + expected + " but is " + show(value), REMEDY);
    }

    private JsonFields nested(String key, JsonObject inner) {
        return new JsonFields(file, prefix + key + ".", inner);
    }

    private @Nullable JsonElement find(String key) {
        JsonElement value = object.get(key);
        return value == null || value.isJsonNull() ? null : value;
    }

    private <T> T require(
            String key, String expected, Function<JsonElement, Optional<T>> conversion) {
        return optional(key, expected, conversion).orElseThrow(() -> mustBe(key, expected));
    }

    private <T> Optional<T> optional(
            String key, String expected, Function<JsonElement, Optional<T>> conversion) {
        JsonElement value = find(key);
        if (value == null) {
            return Optional.empty();
        }
        Optional<T> converted = conversion.apply(value);
        if (converted.isEmpty()) {
            throw mustBe(key, expected);
        }
        return converted;
    }

    private static OptionalInt toInt(Optional<Integer> value) {
        return value.isPresent() ? OptionalInt.of(value.get()) : OptionalInt.empty();
    }

    private static Optional<String> asString(JsonElement value) {
        return value instanceof JsonPrimitive p && p.isString()
                ? Optional.of(p.getAsString())
                : Optional.empty();
    }

    private static Optional<Boolean> asBoolean(JsonElement value) {
        return value instanceof JsonPrimitive p && p.isBoolean()
                ? Optional.of(p.getAsBoolean())
                : Optional.empty();
    }

    private static Optional<Double> asNumber(JsonElement value) {
        return value instanceof JsonPrimitive p && p.isNumber()
                ? Optional.of(p.getAsDouble()).filter(Double::isFinite)
                : Optional.empty();
    }

    private static Optional<Integer> asInteger(JsonElement value) {
        if (!(value instanceof JsonPrimitive p) || !p.isNumber()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new BigInteger(p.getAsString()).intValueExact());
        } catch (NumberFormatException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    private static Optional<Integer> asPositive(JsonElement value) {
        return asInteger(value).filter(n -> n > 0);
    }

    private static Optional<JsonObject> asObject(JsonElement value) {
        return value instanceof JsonObject o ? Optional.of(o) : Optional.empty();
    }

    private static <T> Optional<List<T>> asList(
            JsonElement value, Function<JsonElement, Optional<T>> conversion) {
        if (!(value instanceof JsonArray array)) {
            return Optional.empty();
        }
        List<T> list = new ArrayList<>(array.size());
        for (JsonElement element : array) {
            Optional<T> converted = conversion.apply(element);
            if (converted.isEmpty()) {
                return Optional.empty();
            }
            list.add(converted.get());
        }
        return Optional.of(List.copyOf(list));
    }

    private static String show(JsonElement value) {
        if (value instanceof JsonPrimitive p && p.isString()) {
            return Names.quote(p.getAsString());
        }
        if (value.isJsonPrimitive()) {
            return Names.shorten(value.getAsString());
        }
        return value.isJsonArray() ? "a list" : "an object";
    }
}
