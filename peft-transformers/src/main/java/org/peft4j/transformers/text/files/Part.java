package org.peft4j.transformers.text.files;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.BadFileException;
import org.peft4j.core.files.Names;

/**
 * One object of a {@code tokenizer.json}, read by type; unlike in configs, {@code null} is not the
 * same as absent.
 *
 * @param file the file to name in errors
 * @param where the place of the object in it, such as {@code decoder.decoders[2]}
 * @param json the object
 */
record Part(Path file, String where, JsonObject json) {

    /** The largest of the library's 32 bit numbers that Java's ints hold too. */
    static final long LARGEST_ID = Integer.MAX_VALUE;

    /** How long a prefix, a suffix or the like may be; those in use have a few characters. */
    static final int LONGEST_AFFIX = 256;

    private static final String REMEDY = "Download it again, or mend it by hand";

    /** Looks at a value that must be an object. */
    static Part of(Path file, String where, @Nullable JsonElement value) {
        if (value instanceof JsonObject object) {
            return new Part(file, where, object);
        }
        throw new BadFileException(file, where + " must be an object", REMEDY);
    }

    /** Makes the error for something wrong with this part. */
    BadFileException bad(String problem) {
        return new BadFileException(file, where + " " + problem, REMEDY);
    }

    /** Makes the error for a field that is not what it must be. */
    BadFileException mustBe(String key, String expected) {
        return new BadFileException(file, where + "." + key + " must be " + expected, REMEDY);
    }

    /** Returns the name of the kind of part, which must be one of those known. */
    String type(Set<String> known) {
        String type = text("type", LONGEST_AFFIX);
        if (!known.contains(type)) {
            throw new BadFileException(
                    file,
                    where + " is of the type " + Names.quote(type) + ", which is not known here",
                    "Known are " + String.join(", ", known.stream().sorted().toList()));
        }
        return type;
    }

    /** Returns whether a field is there and not null. */
    boolean has(String key) {
        JsonElement value = json.get(key);
        return value != null && !value.isJsonNull();
    }

    /** Returns a text of bounded length. */
    String text(String key, int most) {
        return text(json.get(key), key, most);
    }

    private String text(@Nullable JsonElement value, String key, int most) {
        if (!(value instanceof JsonPrimitive p) || !p.isString()) {
            throw mustBe(key, "a text");
        }
        String text = p.getAsString();
        if (text.length() > most) {
            throw mustBe(key, "a text of at most " + most + " characters");
        }
        return text;
    }

    /** Checks a text that may be null or absent. */
    void optionalText(String key, int most) {
        if (has(key)) {
            text(key, most);
        }
    }

    /** Checks a text that is one character. */
    void character(String key) {
        String text = text(key, LONGEST_AFFIX);
        if (text.codePointCount(0, text.length()) != 1) {
            throw mustBe(key, "one character");
        }
    }

    /** Checks fields that must be true or false. */
    void flags(String... keys) {
        for (String key : keys) {
            if (!(json.get(key) instanceof JsonPrimitive p) || !p.isBoolean()) {
                throw mustBe(key, "true or false");
            }
        }
    }

    /** Checks fields that must be true or false, or null or absent. */
    void optionalFlags(String... keys) {
        for (String key : keys) {
            if (has(key)) {
                flags(key);
            }
        }
    }

    /** Checks fields that must be true or false, or absent; the library refuses null. */
    void flagsIfThere(String... keys) {
        for (String key : keys) {
            if (json.has(key)) {
                flags(key);
            }
        }
    }

    /** Returns a whole number of a range. */
    long whole(String key, long least, long most) {
        return whole(json.get(key), key, least, most);
    }

    /** Returns a whole number of a range that stands under a key, or in a list there. */
    long whole(@Nullable JsonElement value, String key, long least, long most) {
        if (value instanceof JsonPrimitive p
                && p.isNumber()
                && !(p.getAsNumber() instanceof Double)) {
            BigInteger number = p.getAsBigInteger();
            if (number.compareTo(BigInteger.valueOf(least)) >= 0
                    && number.compareTo(BigInteger.valueOf(most)) <= 0) {
                return number.longValue();
            }
        }
        throw mustBe(key, "a whole number from " + least + " to " + most);
    }

    /** Returns a word of a list. */
    String oneOf(String key, Set<String> words) {
        String word = text(key, LONGEST_AFFIX);
        if (!words.contains(word)) {
            throw mustBe(key, "one of " + String.join(", ", words.stream().sorted().toList()));
        }
        return word;
    }

    /** Returns a list of bounded length. */
    JsonArray list(String key, int most) {
        if (!(json.get(key) instanceof JsonArray array)) {
            throw mustBe(key, "a list");
        }
        if (array.size() > most) {
            throw mustBe(key, "a list of at most " + most);
        }
        return array;
    }

    /** Returns a list of objects. */
    List<Part> parts(String key, int most) {
        JsonArray array = list(key, most);
        List<Part> parts = new ArrayList<>(array.size());
        for (int i = 0; i < array.size(); i++) {
            parts.add(of(file, where + "." + key + "[" + i + "]", array.get(i)));
        }
        return parts;
    }

    /** Returns a list of texts. */
    List<String> texts(String key, int most, int longest) {
        List<String> texts = new ArrayList<>();
        for (JsonElement element : list(key, most)) {
            texts.add(text(element, key, longest));
        }
        return texts;
    }

    /** Returns the object under a key. */
    Part part(String key) {
        return of(file, where + "." + key, json.get(key));
    }
}
