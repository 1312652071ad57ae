package org.peft4j.transformers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TokenBatch;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.fuzz.Fuzz;
import org.peft4j.fixtures.fuzz.Mutations;
import org.peft4j.transformers.generation.GenerationConfig;
import org.peft4j.transformers.text.Chat;
import org.peft4j.transformers.text.ChatMessage;
import org.peft4j.transformers.text.Tokenizer;

/** Damaged files of checkpoints and tokenizers are read, or refused in a sentence. */
class FileFuzzTest {

    private static final List<String> BASES =
            List.of("llama", "gpt2", "phi3", "gemma2", "bert", "t5", "bart", "distilbert");

    /** The first of them are decoders, which compute from tokens alone. */
    private static final int DECODERS = 4;

    @Test
    void weights() {
        Fuzz.run("model.safetensors", 40, opened(List.of("model.safetensors")));
    }

    @Test
    void shards() {
        Fuzz.run(
                "model.safetensors.index.json",
                30,
                (random, directory) -> {
                    Fixtures.copy(Fixtures.base("llama-sharded"), directory);
                    Mutations.damage(random, directory, List.of("model.safetensors.index.json"));
                    Checkpoints.open(directory).close();
                });
    }

    @Test
    void configs() {
        Fuzz.run("config.json", 60, opened(List.of("config.json")));
    }

    @Test
    void generationConfigs() {
        Fuzz.run(
                "generation_config.json",
                100,
                (random, directory) -> {
                    Fixtures.copy(Fixtures.base("llama"), directory);
                    Mutations.damage(random, directory, List.of("generation_config.json"));
                    GenerationConfig.read(directory);
                });
    }

    @Test
    void tokenizerConfigs() {
        Fuzz.run("tokenizer_config.json", 100, FileFuzzTest::chat);
    }

    private static void chat(Random random, Path directory) throws IOException {
        Fixtures.copy(Fixtures.chatTokenizer(), directory);
        Files.write(
                directory.resolve("special_tokens_map.json"),
                "{\"bos_token\":\"<s>\",\"pad_token\":{\"content\":\"<s>\"}}"
                        .getBytes(StandardCharsets.UTF_8));
        Mutations.damage(
                random, directory, List.of("tokenizer_config.json", "special_tokens_map.json"));
        try (Tokenizer tokenizer = Tokenizer.open(directory)) {
            tokenizer.decode(tokenizer.chats().encode(Chat.of(ChatMessage.user("Hi"))));
        }
    }

    /** Opens a base whose files are damaged, and computes with it. */
    private static Fuzz.Case opened(List<String> files) {
        return (random, directory) -> {
            int kind = random.nextInt(BASES.size());
            Fixtures.copy(Fixtures.base(BASES.get(kind)), directory);
            Mutations.damage(random, directory, files);
            try (BaseModel base = Checkpoints.open(directory);
                    PeftModel model = PeftModel.of(base)) {
                if (kind < DECODERS) {
                    model.logits(AdapterSelection.none(), TokenBatch.of(new long[] {1, 2, 3}))
                            .close();
                }
            }
        };
    }
}
