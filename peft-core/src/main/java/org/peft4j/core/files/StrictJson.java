package org.peft4j.core.files;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.math.BigInteger;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.peft4j.core.BadFileException;

/**
 * JSON from an untrusted source: bounded in depth and number of values, and with errors that name
 * the file and the place.
 */
final class StrictJson {

    /** A parse that may meet malformed input on its way. */
    interface Parser<T> {
        T parse(StrictJson json) throws IOException;
    }

    /** What is allowed. */
    enum Dialect {
        /** What RFC 8259 has, without duplicate keys or numbers beyond a double. */
        STRICT,
        /**
         * What Python's json reads: the last of duplicate keys wins, numbers beyond a double are
         * infinite. For NaN and Infinity see {@link PythonConstants}.
         */
        PYTHON
    }

    private static final int DEEPEST = 64;

    /** The most values of a document whose reader does not say otherwise. */
    static final int MOST_VALUES = 1_000_000;

    private static final Pattern PLACE = Pattern.compile("(.*?) ?at line (\\d+) column (\\d+)");

    private final Path file;
    private final String subject;
    private final String remedy;
    private final Dialect dialect;
    private final int mostValues;
    private final JsonReader reader;
    private int values;

    private StrictJson(
            Path file,
            InputStream utf8,
            String subject,
            String remedy,
            Dialect dialect,
            int mostValues) {
        this.file = file;
        this.mostValues = mostValues;
        this.subject = subject;
        this.remedy = remedy;
        this.dialect = dialect;
        // A decoder of its own, because a charset given by name would replace what is malformed.
        reader = new JsonReader(new InputStreamReader(utf8, StandardCharsets.UTF_8.newDecoder()));
        reader.setStrictness(Strictness.STRICT);
        reader.setNestingLimit(DEEPEST);
    }

    /**
     * Parses one document and refuses what follows it.
     *
     * @param file the file to name in errors
     * @param utf8 the text
     * @param subject what to call the document in errors: "" for the file itself or for example
     *     "its header "
     * @param remedy the remedy to give in errors
     * @param dialect what is allowed
     */
    static <T> T parse(
            Path file,
            InputStream utf8,
            String subject,
            String remedy,
            Dialect dialect,
            Parser<T> parser) {
        return parse(file, utf8, subject, remedy, dialect, MOST_VALUES, parser);
    }

    /**
     * Parses one document of a kind that has very many values.
     *
     * @param mostValues the most values
     */
    static <T> T parse(
            Path file,
            InputStream utf8,
            String subject,
            String remedy,
            Dialect dialect,
            int mostValues,
            Parser<T> parser) {
        StrictJson json = new StrictJson(file, utf8, subject, remedy, dialect, mostValues);
        try {
            T result = parser.parse(json);
            if (json.reader.peek() != JsonToken.END_DOCUMENT) {
                throw json.bad("has something after the end of the JSON object");
            }
            return result;
        } catch (CharacterCodingException e) {
            throw new BadFileException(file, subject + "is not valid UTF-8", remedy, e);
        } catch (EOFException e) {
            throw new BadFileException(
                    file, subject + "is not valid JSON: it ends too early", remedy, e);
        } catch (MalformedJsonException e) {
            throw new BadFileException(
                    file, subject + "is not valid JSON: " + explain(e), remedy, e);
        } catch (IOException e) {
            throw Failures.reading(file, e);
        }
    }

    JsonReader reader() {
        return reader;
    }

    /** Makes an error about what was just read; the place is added. */
    BadFileException bad(String problem) {
        Matcher place = PLACE.matcher(reader.toString());
        String where =
                place.find() ? " (line " + place.group(2) + ", column " + place.group(3) + ")" : "";
        return new BadFileException(file, subject + problem + where, remedy);
    }

    /** Reads the start of the object that the whole document must be. */
    void beginDocument() throws IOException {
        JsonToken first = reader.peek();
        if (first != JsonToken.BEGIN_OBJECT) {
            throw bad("is not a JSON object but " + describe(first));
        }
        reader.beginObject();
    }

    /** Reads the rest of an object whose start was read. */
    JsonObject objectBody() throws IOException {
        JsonObject object = new JsonObject();
        while (reader.hasNext()) {
            String key = reader.nextName();
            if (dialect == Dialect.STRICT && object.has(key)) {
                throw bad("has the key " + Names.quote(key) + " twice");
            }
            object.add(key, value());
        }
        reader.endObject();
        return object;
    }

    private JsonElement value() throws IOException {
        if (++values > mostValues) {
            throw bad("has more than " + mostValues + " values");
        }
        return switch (reader.peek()) {
            case BEGIN_OBJECT -> {
                reader.beginObject();
                yield objectBody();
            }
            case BEGIN_ARRAY -> array();
            case STRING -> new JsonPrimitive(reader.nextString());
            case NUMBER -> new JsonPrimitive(number(reader.nextString()));
            case BOOLEAN -> new JsonPrimitive(reader.nextBoolean());
            case NULL -> {
                reader.nextNull();
                yield JsonNull.INSTANCE;
            }
            case NAME, END_ARRAY, END_OBJECT, END_DOCUMENT ->
                    throw bad("is not valid JSON: a value is missing");
        };
    }

    private JsonArray array() throws IOException {
        JsonArray array = new JsonArray();
        reader.beginArray();
        while (reader.hasNext()) {
            array.add(value());
        }
        reader.endArray();
        return array;
    }

    /** Whole numbers stay exact, all others become doubles, as in Python. */
    private Number number(String text) {
        if (text.chars().allMatch(c -> c == '-' || (c >= '0' && c <= '9'))) {
            BigInteger whole = new BigInteger(text);
            if (whole.bitLength() < Long.SIZE) {
                return whole.longValue();
            }
            return whole;
        }
        if (dialect == Dialect.PYTHON && text.equals(PythonConstants.NAN)) {
            return Double.NaN;
        }
        double number = Double.parseDouble(text);
        if (dialect == Dialect.STRICT && Double.isInfinite(number)) {
            throw bad("has a number that is too large, " + Names.quote(text));
        }
        return number;
    }

    static String describe(JsonToken token) {
        return switch (token) {
            case BEGIN_OBJECT -> "an object";
            case BEGIN_ARRAY -> "an array";
            case STRING -> "a string";
            case NUMBER -> "a number";
            case BOOLEAN -> "a boolean";
            case NULL -> "null";
            case NAME, END_ARRAY, END_OBJECT, END_DOCUMENT -> "nothing";
        };
    }

    /** Gson's words without its advice, which is for programmers. */
    private static String explain(MalformedJsonException e) {
        String message = String.valueOf(e.getMessage());
        Matcher place = PLACE.matcher(message);
        if (!place.find()) {
            return message.lines().findFirst().orElse("malformed");
        }
        String cause = place.group(1);
        if (cause.isEmpty() || cause.contains("JsonReader")) {
            cause = "unexpected text";
        }
        return cause.substring(0, 1).toLowerCase(Locale.ROOT)
                + cause.substring(1)
                + " at line "
                + place.group(2)
                + ", column "
                + place.group(3);
    }
}
