package org.peft4j.core.files;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The JSON header of a safetensors file, checked as far as it can be without the data. It is read
 * as a stream, so that a hostile header costs no more memory than the tensors that it names.
 *
 * @param metadata the strings under {@code __metadata__}
 * @param tensors the tensors in the header's order, offsets as written there
 */
record SafetensorsHeader(Map<String, String> metadata, List<Tensor> tensors) {

    /**
     * One tensor as the header tells it.
     *
     * @param begin the first byte, counted from the start of the data
     * @param end the byte after the last one, counted from the start of the data
     */
    record Tensor(String name, StoredType type, List<Long> shape, long begin, long end) {}

    static final String METADATA = "__metadata__";
    static final String REMEDY =
            "Download the file again, or save it again with a current safetensors library";

    private static final int HIGHEST_RANK = 64;
    private static final int MOST_METADATA = 100_000;
    private static final int MOST_FIELDS = 16;
    private static final int MOST_TENSORS = 500_000;

    static SafetensorsHeader parse(Path file, byte[] utf8) {
        return StrictJson.parse(
                file,
                new ByteArrayInputStream(utf8),
                "its header ",
                REMEDY,
                StrictJson.Dialect.STRICT,
                json -> new Parser(json).document());
    }

    /** The parser proper: one method per part of the grammar. */
    private static final class Parser {

        private final StrictJson json;
        private final JsonReader reader;

        Parser(StrictJson json) {
            this.json = json;
            this.reader = json.reader();
        }

        SafetensorsHeader document() throws IOException {
            Map<String, String> metadata = Map.of();
            List<Tensor> tensors = new ArrayList<>();
            Set<String> names = new HashSet<>();
            json.beginDocument();
            while (reader.hasNext()) {
                String name = reader.nextName();
                if (!names.add(name)) {
                    throw json.bad("has the key " + Names.quote(name) + " twice");
                }
                if (name.equals(METADATA)) {
                    metadata = metadata();
                } else {
                    tensors.add(tensor(name));
                }
                if (tensors.size() > MOST_TENSORS) {
                    throw json.bad("has more than " + MOST_TENSORS + " tensors");
                }
            }
            reader.endObject();
            return new SafetensorsHeader(metadata, tensors);
        }

        private Map<String, String> metadata() throws IOException {
            Map<String, String> metadata = new LinkedHashMap<>();
            expect(JsonToken.BEGIN_OBJECT, METADATA, "an object of strings");
            reader.beginObject();
            while (reader.hasNext()) {
                String key = reader.nextName();
                expect(JsonToken.STRING, METADATA + "." + Names.quote(key), "a string");
                if (metadata.put(key, reader.nextString()) != null) {
                    throw json.bad("has the key " + Names.quote(key) + " twice in " + METADATA);
                }
                if (metadata.size() > MOST_METADATA) {
                    throw json.bad("has more than " + MOST_METADATA + " keys in " + METADATA);
                }
            }
            reader.endObject();
            return Collections.unmodifiableMap(metadata);
        }

        private Tensor tensor(String name) throws IOException {
            if (name.isEmpty()) {
                throw json.bad("has a tensor with an empty name");
            }
            if (Names.hasControlCharacters(name)) {
                throw json.bad("has control characters in the tensor name " + Names.quote(name));
            }
            String what = "tensor " + Names.quote(name);
            expect(JsonToken.BEGIN_OBJECT, what, "an object");
            @Nullable StoredType type = null;
            @Nullable List<Long> shape = null;
            @Nullable List<Long> offsets = null;
            Set<String> fields = new HashSet<>();
            reader.beginObject();
            while (reader.hasNext()) {
                String field = reader.nextName();
                if (!fields.add(field)) {
                    throw json.bad("has the key " + Names.quote(field) + " twice in " + what);
                }
                if (fields.size() > MOST_FIELDS) {
                    throw json.bad("has more than " + MOST_FIELDS + " keys in " + what);
                }
                switch (field) {
                    case "dtype" -> type = type(what);
                    case "shape" -> shape = numbers("shape of " + what, HIGHEST_RANK);
                    case "data_offsets" -> offsets = numbers("data_offsets of " + what, 2);
                    default -> reader.skipValue();
                }
            }
            reader.endObject();
            if (type == null || shape == null || offsets == null) {
                String missing = type == null ? "dtype" : shape == null ? "shape" : "data_offsets";
                throw json.bad("has no " + missing + " for " + what);
            }
            return checked(what, name, type, shape, offsets);
        }

        private Tensor checked(
                String what, String name, StoredType type, List<Long> shape, List<Long> offsets) {
            if (offsets.size() != 2) {
                throw json.bad("must have two numbers in the data_offsets of " + what);
            }
            long begin = offsets.get(0);
            long end = offsets.get(1);
            if (end < begin) {
                throw json.bad(
                        "has data_offsets that end before they begin, ["
                                + begin
                                + ", "
                                + end
                                + "], for "
                                + what);
            }
            long bytes;
            try {
                bytes = Shapes.bytes(type, shape);
            } catch (ArithmeticException e) {
                throw json.bad("has a shape that is too large, " + shape + ", for " + what);
            }
            if (bytes != end - begin) {
                throw json.bad(
                        "is inconsistent: "
                                + what
                                + " of type "
                                + type
                                + " and shape "
                                + shape
                                + " needs "
                                + bytes
                                + " bytes, but its data_offsets span "
                                + (end - begin));
            }
            return new Tensor(name, type, shape, begin, end);
        }

        private StoredType type(String what) throws IOException {
            expect(JsonToken.STRING, "dtype of " + what, "a string");
            String name = reader.nextString();
            Optional<StoredType> type = StoredType.named(name);
            if (type.isEmpty()) {
                throw json.bad(
                        "has the unknown dtype "
                                + Names.quote(name)
                                + " for "
                                + what
                                + " (known are "
                                + List.of(StoredType.values())
                                + ")");
            }
            return type.get();
        }

        private List<Long> numbers(String what, int most) throws IOException {
            expect(JsonToken.BEGIN_ARRAY, what, "a list of whole numbers");
            List<Long> numbers = new ArrayList<>();
            reader.beginArray();
            while (reader.hasNext()) {
                if (numbers.size() == most) {
                    throw json.bad("has more than " + most + " numbers in the " + what);
                }
                expect(JsonToken.NUMBER, what, "a list of whole numbers");
                numbers.add(number(what, reader.nextString()));
            }
            reader.endArray();
            return List.copyOf(numbers);
        }

        private long number(String what, String text) {
            if (text.startsWith("-")) {
                throw json.bad("has a negative number, " + text + ", in the " + what);
            }
            if (!text.chars().allMatch(c -> c >= '0' && c <= '9')) {
                throw json.bad(
                        "has "
                                + Names.quote(text)
                                + ", which is not a whole number, in the "
                                + what);
            }
            try {
                return Long.parseLong(text);
            } catch (NumberFormatException e) {
                throw json.bad(
                        "has a number that is too large, "
                                + Names.quote(text)
                                + ", in the "
                                + what);
            }
        }

        private void expect(JsonToken wanted, String what, String expected) throws IOException {
            JsonToken found = reader.peek();
            if (found != wanted) {
                throw json.bad(
                        "is wrong: "
                                + what
                                + " must be "
                                + expected
                                + " but has "
                                + StrictJson.describe(found));
            }
        }
    }
}
