package org.peft4j.transformers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.peft4j.core.BadFileException;
import org.peft4j.core.PeftException;
import org.peft4j.core.TokenBatch;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.transformers.text.Tokenizer;

/** Ids and texts are those of Python's tokenizers. */
final class TokenizerTest {

    private static final JsonObject GOLDEN = Fixtures.goldenJson("tokenizer");

    @Test
    void encodesAndDecodesAwkwardTexts() {
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.tokenizer())) {
            for (JsonElement element : GOLDEN.getAsJsonArray("texts")) {
                JsonObject golden = element.getAsJsonObject();
                String text = golden.get("text").getAsString();
                long[] ids = longs(golden.get("ids"));
                assertArrayEquals(ids, tokenizer.encode(text), text);
                assertArrayEquals(
                        longs(golden.get("ids_without_special_tokens")),
                        tokenizer.encode(text, false),
                        text);
                assertEquals(golden.get("decoded").getAsString(), tokenizer.decode(ids, false));
                assertEquals(
                        golden.get("decoded_without_special_tokens").getAsString(),
                        tokenizer.decode(ids));
            }
        }
    }

    @Test
    void doesNotCutLongTexts() {
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.tokenizer())) {
            assertEquals(2001, tokenizer.encode("7".repeat(2000)).length);
        }
    }

    @Test
    void padsBatchesOnEitherSide() {
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.tokenizer())) {
            for (boolean left : new boolean[] {true, false}) {
                JsonObject golden =
                        GOLDEN.getAsJsonObject("batches").getAsJsonObject(left ? "left" : "right");
                List<String> texts = new ArrayList<>();
                golden.getAsJsonArray("texts").forEach(text -> texts.add(text.getAsString()));
                TokenBatch batch = tokenizer.batch(texts, left);
                assertArrayEquals(flat(golden.get("input_ids")), batch.inputIds());
                assertArrayEquals(flat(golden.get("attention_mask")), batch.layout().mask());
            }
        }
    }

    @Test
    void cutsOnTheRight() {
        JsonObject golden = GOLDEN.getAsJsonObject("truncated");
        String text = golden.get("text").getAsString();
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.tokenizer())) {
            assertArrayEquals(
                    longs(golden.get("ids")),
                    tokenizer.encode(text, golden.get("max_length").getAsInt()));
            assertThrows(PeftException.class, () -> tokenizer.encode(text, 0));
        }
    }

    @Test
    void knowsTheSpecialTokens() {
        JsonObject golden = GOLDEN.getAsJsonObject("special_tokens");
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.tokenizer())) {
            assertEquals(id(golden, "bos"), tokenizer.special().begin());
            assertEquals(id(golden, "eos"), tokenizer.special().end());
            assertEquals(id(golden, "pad"), tokenizer.special().pad());
            assertEquals(id(golden, "unk"), tokenizer.special().unknown());
            assertEquals(Set.of(golden.get("eos").getAsLong()), tokenizer.special().ends());
        }
    }

    @Test
    void takesIdsFromTheConfigsWhereTheTokenizerNamesNone(@TempDir Path directory)
            throws Exception {
        Files.copy(
                Fixtures.tokenizer().resolve("tokenizer.json"),
                directory.resolve("tokenizer.json"));
        Files.writeString(
                directory.resolve("tokenizer_config.json"),
                "{\"bos_token\": {\"content\": \"<s>\"}, \"eos_token\": null}");
        Files.writeString(
                directory.resolve("generation_config.json"), "{\"eos_token_id\": [7, 9]}");
        Files.writeString(
                directory.resolve("config.json"),
                "{\"eos_token_id\": 2, \"pad_token_id\": 5, \"bos_token_id\": 8}");
        try (Tokenizer tokenizer = Tokenizer.open(directory)) {
            assertEquals(OptionalLong.of(1), tokenizer.special().begin());
            assertEquals(OptionalLong.of(7), tokenizer.special().end());
            assertEquals(OptionalLong.of(5), tokenizer.special().pad());
            assertEquals(Set.of(7L, 9L), tokenizer.special().ends());
        }
    }

    @Test
    void saysWhatIsWrongWithATokenizer(@TempDir Path directory) throws Exception {
        Refused.because("has no tokenizer.json", () -> Tokenizer.open(directory));
        Path file = directory.resolve("tokenizer.json");
        Files.writeString(file, "{\"model\": 3}");
        BadFileException damaged =
                assertThrows(BadFileException.class, () -> Tokenizer.open(directory));
        assertEquals(file, damaged.file());
    }

    private static OptionalLong id(JsonObject golden, String name) {
        return OptionalLong.of(golden.get(name).getAsLong());
    }

    private static long[] longs(JsonElement array) {
        return array.getAsJsonArray().asList().stream().mapToLong(JsonElement::getAsLong).toArray();
    }

    private static long[] flat(JsonElement rows) {
        JsonArray all = new JsonArray();
        rows.getAsJsonArray().forEach(row -> all.addAll(row.getAsJsonArray()));
        return longs(all);
    }
}
