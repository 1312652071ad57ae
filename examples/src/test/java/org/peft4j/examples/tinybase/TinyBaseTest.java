package org.peft4j.examples.tinybase;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftModel;
import org.peft4j.core.ops.DType;
import org.peft4j.transformers.Checkpoints;
import org.peft4j.transformers.LoadOptions;
import org.peft4j.transformers.generation.GenerationConfig;
import org.peft4j.transformers.generation.Generator;
import org.peft4j.transformers.text.Tokenizer;

class TinyBaseTest {

    @TempDir private Path directory = Path.of("");

    @Test
    void isSmallerThanFourMegabytes() throws IOException {
        Path base = TinyBase.copyTo(directory);
        try (Stream<Path> files = Files.list(base)) {
            long bytes = files.mapToLong(file -> file.toFile().length()).sum();
            assertTrue(bytes < 4_000_000, bytes + " bytes");
        }
    }

    @Test
    void repeatsWhatItRead() {
        Path base = TinyBase.copyTo(directory);
        LoadOptions options = LoadOptions.defaults().withDtype(DType.FLOAT32);
        try (BaseModel frozen = Checkpoints.open(base, options);
                PeftModel model = PeftModel.of(frozen);
                Tokenizer tokenizer = Tokenizer.open(base)) {
            String list = "Anna Monday spoons red vases Leo";
            long[] prompt =
                    Stream.of(
                                    new long[] {tokenizer.special().begin().orElseThrow()},
                                    tokenizer.encode("List: " + list + ". Again:", false))
                            .flatMapToLong(java.util.Arrays::stream)
                            .toArray();
            long[] said =
                    Generator.greedy(model, GenerationConfig.of(30, tokenizer))
                            .generate(AdapterSelection.none(), prompt);
            assertEquals(" " + list + ".", tokenizer.decode(said, true));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Anna wants three red apples by Monday.",
                "{\"name\": \"Ben\"}\n\t x",
                "naïve 東京 🙂 ",
                "  two  spaces "
            })
    void itsTokenizerSpellsAnyText(String text) {
        try (Tokenizer tokenizer = Tokenizer.open(TinyBase.copyTo(directory))) {
            assertEquals(text, tokenizer.decode(tokenizer.encode(text, false), false));
        }
    }

    @Test
    void theTokenizerIsLearntTheSameEachTime() {
        List<String> text = OrderText.paragraphs(200, 5);
        assertEquals(text, OrderText.paragraphs(200, 5));
        assertEquals(
                BytePairTokenizer.learn(text, 400).json(),
                BytePairTokenizer.learn(text, 400).json());
    }
}
