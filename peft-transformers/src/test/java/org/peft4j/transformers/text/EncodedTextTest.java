package org.peft4j.transformers.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.peft4j.core.BadFileException;
import org.peft4j.core.PeftException;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.transformers.text.EncodedText.Truncation;

/** What encoders read, beside what Python's tokenizers make of the same texts. */
final class EncodedTextTest {

    @ParameterizedTest
    @ValueSource(strings = {"bert", "t5", "roberta"})
    void readsTextsPairsAndWords(String kind) {
        JsonObject golden = Fixtures.goldenJson("tokenizers/" + kind);
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.tokenizer(kind))) {
            for (JsonObject text : objects(golden, "texts")) {
                String source = text.get("text").getAsString();
                EncodedText encoded = tokenizer.encodeText(source, true);
                check(text, encoded, List.of(source));
                assertEquals(text.get("decoded").getAsString(), tokenizer.decode(encoded.ids()));
                assertArrayEquals(encoded.ids(), tokenizer.encode(source));
            }
            for (JsonObject pair : objects(golden, "pairs")) {
                String first = pair.get("first").getAsString();
                String second = pair.get("second").getAsString();
                check(pair, tokenizer.encodePair(first, second), List.of(first, second));
            }
            JsonObject words = golden.getAsJsonObject("words");
            List<String> given =
                    words.getAsJsonArray("given").asList().stream()
                            .map(JsonElement::getAsString)
                            .toList();
            EncodedText encoded = tokenizer.encodeWords(given);
            assertArrayEquals(longs(words.get("ids")), encoded.ids());
            assertArrayEquals(ints(words.get("words")), encoded.words());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert", "t5", "roberta"})
    void cutsPairs(String kind) {
        JsonObject golden = Fixtures.goldenJson("tokenizers/" + kind);
        String first = golden.get("first").getAsString();
        String second = golden.get("second").getAsString();
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.tokenizer(kind))) {
            EncodedText whole = tokenizer.encodePair(first, second);
            for (JsonObject cut : objects(golden, "truncated")) {
                Truncation which =
                        Truncation.valueOf(cut.get("which").getAsString().toUpperCase(Locale.ROOT));
                check(
                        cut,
                        whole.truncated(cut.get("most").getAsInt(), which),
                        List.of(first, second));
            }
            assertThrows(PeftException.class, () -> whole.truncated(3, Truncation.ONLY_SECOND));
            JsonObject windows = golden.getAsJsonObject("windows");
            int most = windows.get("most").getAsInt();
            int overlap = windows.get("overlap").getAsInt();
            List<EncodedText> cut = whole.windows(most, overlap);
            List<JsonObject> expected = objects(windows, "windows");
            assertEquals(expected.size(), cut.size());
            for (int i = 0; i < cut.size(); i++) {
                // Python's library computes types and trims places of its first window only.
                assertArrayEquals(longs(expected.get(i).get("ids")), cut.get(i).ids());
                assertArrayEquals(ints(expected.get(i).get("sequences")), cut.get(i).sequences());
                assertArrayEquals(ints(expected.get(i).get("words")), cut.get(i).words());
            }
            check(expected.get(0), cut.get(0), List.of(first, second));
            assertThrows(PeftException.class, () -> whole.windows(most, most));
            assertEquals(1, whole.windows(1000, overlap).size());
        }
    }

    private static void check(JsonObject golden, EncodedText encoded, List<String> texts) {
        assertArrayEquals(longs(golden.get("ids")), encoded.ids());
        assertArrayEquals(longs(golden.get("type_ids")), encoded.typeIds());
        assertArrayEquals(ints(golden.get("sequences")), encoded.sequences());
        assertArrayEquals(ints(golden.get("words")), encoded.words());
        JsonArray offsets = golden.getAsJsonArray("offsets");
        for (int i = 0; i < encoded.length(); i++) {
            int sequence = encoded.sequences()[i];
            if (sequence >= 0) {
                String text = texts.get(sequence);
                JsonArray pair = offsets.get(i).getAsJsonArray();
                assertEquals(
                        text.offsetByCodePoints(0, pair.get(0).getAsInt()), encoded.start(i), text);
                assertEquals(
                        text.offsetByCodePoints(0, pair.get(1).getAsInt()), encoded.end(i), text);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert", "t5", "roberta"})
    void knowsTheSpecialTokens(String kind) {
        JsonObject golden =
                Fixtures.goldenJson("tokenizers/" + kind).getAsJsonObject("special_tokens");
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.tokenizer(kind))) {
            SpecialTokens special = tokenizer.special();
            assertEquals(id(golden, "bos"), special.begin());
            assertEquals(id(golden, "eos"), special.end());
            assertEquals(id(golden, "pad"), special.pad());
            assertEquals(id(golden, "unk"), special.unknown());
            assertEquals(id(golden, "cls"), special.classify());
            assertEquals(id(golden, "sep"), special.separate());
            assertEquals(id(golden, "mask"), special.mask());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"t5", "roberta"})
    void streamsWhatIsDecodedAtOnce(String kind) {
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.tokenizer(kind))) {
            for (JsonObject text : objects(Fixtures.goldenJson("tokenizers/" + kind), "texts")) {
                long[] ids = longs(text.get("ids"));
                TextStream stream = tokenizer.textStream();
                StringBuilder streamed = new StringBuilder();
                for (long id : ids) {
                    streamed.append(stream.push(id));
                }
                streamed.append(stream.end());
                assertEquals(text.get("decoded").getAsString(), streamed.toString());
            }
        }
    }

    @Test
    void labelsWordsAtTheirFirstToken() {
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.tokenizer("bert"))) {
            EncodedText encoded = tokenizer.encodeWords(List.of("unbelievable", "rank"));
            long[] labels = encoded.labels(new long[] {5, 6}, -100);
            List<Long> kept = new ArrayList<>();
            for (int i = 0; i < labels.length; i++) {
                if (labels[i] != -100) {
                    kept.add(labels[i]);
                    assertEquals(0, encoded.start(i));
                }
            }
            assertEquals(List.of(5L, 6L), kept);
            assertThrows(PeftException.class, () -> encoded.labels(new long[] {5}, -100));
        }
    }

    @Test
    void tellsHowToConvertASlowTokenizer(@TempDir Path directory) throws Exception {
        Files.writeString(directory.resolve("spiece.model"), "x");
        BadFileException error =
                assertThrows(BadFileException.class, () -> Tokenizer.open(directory));
        String message = String.valueOf(error.getMessage());
        assertTrue(message.contains("spiece.model"), message);
        assertTrue(message.contains("save_pretrained"), message);
    }

    private static List<JsonObject> objects(JsonObject object, String key) {
        return object.getAsJsonArray(key).asList().stream()
                .map(JsonElement::getAsJsonObject)
                .toList();
    }

    private static OptionalLong id(JsonObject golden, String name) {
        return golden.get(name).isJsonNull()
                ? OptionalLong.empty()
                : OptionalLong.of(golden.get(name).getAsLong());
    }

    private static long[] longs(JsonElement array) {
        return array.getAsJsonArray().asList().stream().mapToLong(JsonElement::getAsLong).toArray();
    }

    private static int[] ints(JsonElement array) {
        return array.getAsJsonArray().asList().stream()
                .mapToInt(e -> e.isJsonNull() ? -1 : e.getAsInt())
                .toArray();
    }
}
