package org.peft4j.transformers.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.peft4j.core.BadFileException;
import org.peft4j.fixtures.Fixtures;

/** A tokenizer is what AutoTokenizer of transformers makes of all its files. */
final class TokenizerFilesTest {

    private static final JsonObject GOLDEN = Fixtures.goldenJson("tokenizer-files");

    @TempDir Path folder;

    static Stream<Integer> cases() {
        return Stream.iterate(0, i -> i + 1).limit(GOLDEN.getAsJsonArray("cases").size());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isWhatPythonMakesOfTheFiles(int number) throws IOException {
        JsonObject golden = GOLDEN.getAsJsonArray("cases").get(number).getAsJsonObject();
        write(golden);
        JsonObject expected = golden.getAsJsonObject("expected");
        String what = number + " " + golden.get("base") + " " + golden.get("files");
        try (Tokenizer tokenizer = Tokenizer.open(folder)) {
            List<String> texts = new ArrayList<>();
            GOLDEN.getAsJsonArray("texts").forEach(text -> texts.add(text.getAsString()));
            for (int i = 0; i < texts.size(); i++) {
                String text = texts.get(i);
                long[] ids = ids(expected.getAsJsonArray("ids").get(i));
                assertArrayEquals(ids, tokenizer.encode(text, true), what + ": " + text);
                assertArrayEquals(
                        ids(expected.getAsJsonArray("bare").get(i)),
                        tokenizer.encode(text, false),
                        what + ": bare " + text);
                assertEquals(
                        expected.getAsJsonArray("decoded").get(i).getAsString(),
                        tokenizer.decode(ids, true),
                        what);
                assertEquals(
                        expected.getAsJsonArray("special").get(i).getAsString(),
                        tokenizer.decode(ids, false),
                        what);
            }
            assertArrayEquals(
                    ids(expected.get("pair")),
                    tokenizer.encodePair("Hello world", "it is").ids(),
                    what);
            assertEquals(tokens(expected.getAsJsonObject("tokens")), tokens(tokenizer), what);
            if (expected.has("chat")) {
                JsonObject line = new JsonObject();
                line.add("messages", GOLDEN.get("chat"));
                Chat chat = Chat.of(line);
                assertEquals(
                        expected.get("chat").getAsString(),
                        tokenizer.chatTemplate().render(chat),
                        what);
                assertArrayEquals(
                        ids(expected.get("chat_ids")), tokenizer.chats().encode(chat), what);
            }
        }
    }

    private void write(JsonObject golden) throws IOException {
        String base = golden.get("base").getAsString();
        Path source = base.equals("byte-level") ? Fixtures.tokenizer() : Fixtures.tokenizer(base);
        Path file = source.resolve("tokenizer.json");
        if (golden.get("old").getAsBoolean()) {
            writeVocabulary(JsonParser.parseString(Files.readString(file)).getAsJsonObject());
        } else {
            Files.copy(file, folder.resolve("tokenizer.json"));
        }
        for (Map.Entry<String, JsonElement> small : golden.getAsJsonObject("files").entrySet()) {
            Files.writeString(folder.resolve(small.getKey()), small.getValue().toString());
        }
    }

    /** The files from before tokenizer.json. */
    private void writeVocabulary(JsonObject whole) throws IOException {
        JsonObject model = whole.getAsJsonObject("model");
        JsonObject vocabulary = model.getAsJsonObject("vocab");
        if (!model.has("merges")) {
            Map<Integer, String> words = new TreeMap<>();
            vocabulary.entrySet().forEach(e -> words.put(e.getValue().getAsInt(), e.getKey()));
            Files.writeString(
                    folder.resolve("vocab.txt"), String.join("\n", words.values()) + "\n");
            return;
        }
        StringBuilder merges = new StringBuilder("#version: 0.2\n");
        for (JsonElement merge : model.getAsJsonArray("merges")) {
            merges.append(
                            merge instanceof JsonArray pair
                                    ? pair.get(0).getAsString() + " " + pair.get(1).getAsString()
                                    : merge.getAsString())
                    .append('\n');
        }
        Files.writeString(folder.resolve("vocab.json"), vocabulary.toString());
        Files.writeString(folder.resolve("merges.txt"), merges.toString());
    }

    private static long[] ids(JsonElement array) {
        return StreamSupport.stream(array.getAsJsonArray().spliterator(), false)
                .mapToLong(JsonElement::getAsLong)
                .toArray();
    }

    private static Map<String, Long> tokens(JsonObject golden) {
        Map<String, Long> tokens = new TreeMap<>();
        golden.entrySet().stream()
                .filter(entry -> !entry.getValue().isJsonNull())
                .forEach(entry -> tokens.put(entry.getKey(), entry.getValue().getAsLong()));
        return tokens;
    }

    private static Map<String, Long> tokens(Tokenizer tokenizer) {
        SpecialTokens special = tokenizer.special();
        Map<String, Long> tokens = new TreeMap<>();
        Map<String, OptionalLong> all =
                Map.of(
                        "bos", special.begin(),
                        "eos", special.end(),
                        "unk", special.unknown(),
                        "sep", special.separate(),
                        "pad", special.pad(),
                        "cls", special.classify(),
                        "mask", special.mask());
        all.forEach((name, id) -> id.ifPresent(found -> tokens.put(name, found)));
        return tokens;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "tokenizer_config.json; {\"eos_token\": 3}; eos_token",
                "tokenizer_config.json; {\"eos_token\": {\"content\": 3}}; eos_token",
                "tokenizer_config.json; {\"added_tokens_decoder\": {\"x\": {}}}; added_tokens_decoder",
                "tokenizer_config.json; {\"added_tokens_decoder\": {\"900\": {\"content\": \"a\", \"lstrip\": 1}}}; lstrip",
                "tokenizer_config.json; {\"extra_special_tokens\": \"a\"}; extra_special_tokens",
                "tokenizer_config.json; {\"extra_special_tokens\": [1]}; extra_special_tokens",
                "tokenizer_config.json; {\"chat_template\": {\"default\": 1}}; chat_template",
                "special_tokens_map.json; {\"pad_token\": [1]}; pad_token",
                "added_tokens.json; {\"a\": \"b\"}; a must be an integer",
                "added_tokens.json; {\"a\": -1}; id below 0"
            })
    void saysWhichFileIsWrong(String name, String content, String part) throws IOException {
        Fixtures.copy(Fixtures.tokenizer("bert"), folder);
        Files.writeString(folder.resolve(name), content);
        BadFileException refused =
                assertThrows(BadFileException.class, () -> Tokenizer.open(folder));
        assertTrue(String.valueOf(refused.getMessage()).contains(part), refused.getMessage());
    }

    @Test
    void saysWhatToDoWithSentencePieces() throws IOException {
        Files.writeString(folder.resolve("tokenizer.model"), "x");
        BadFileException refused =
                assertThrows(BadFileException.class, () -> Tokenizer.open(folder));
        String message = String.valueOf(refused.getMessage());
        assertTrue(message.contains("only tokenizer.model"), message);
        assertTrue(message.contains("Convert it once in Python"), message);
    }
}
