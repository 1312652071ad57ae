package org.peft4j.transformers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.peft4j.core.BaseModel;
import org.peft4j.core.WeightOverlay;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.transformers.embedding.EmbeddingConfig;
import org.peft4j.transformers.embedding.PoolingMode;
import org.peft4j.transformers.text.Chat;
import org.peft4j.transformers.text.ChatMessage;
import org.peft4j.transformers.text.Tokenizer;

/** A written checkpoint has what stood beside the weights of its base. */
final class CompanionFilesTest {

    private static final List<String> COMPANIONS =
            List.of(
                    "1_Pooling/config.json",
                    "2_Dense/config.json",
                    "2_Dense/model.safetensors",
                    "LICENSE.txt",
                    "additional_chat_templates/tool_use.jinja",
                    "chat_template.jinja",
                    "config_sentence_transformers.json",
                    "merges.txt",
                    "modules.json",
                    "preprocessor_config.json",
                    "processor_config.json",
                    "qwen.tiktoken",
                    "sentence_bert_config.json",
                    "sentencepiece.bpe.model",
                    "spiece.model",
                    "vocab.txt");

    private static final List<String> STRANGERS =
            List.of(
                    "README.md",
                    "notes/vocab.txt",
                    "onnx/model.onnx",
                    "optimizer.pt",
                    "pytorch_model.bin",
                    "training_args.bin");

    @TempDir Path folder;
    private Path base = Path.of("");
    private Path written = Path.of("");

    @BeforeEach
    void furnish() throws IOException {
        base = folder.resolve("base");
        written = folder.resolve("written");
        Fixtures.copy(Fixtures.base("bert"), Files.createDirectory(base));
        for (String name : COMPANIONS) {
            put(name, "content of " + name);
        }
        for (String name : STRANGERS) {
            put(name, "of no use");
        }
    }

    private void put(String name, String content) throws IOException {
        Path file = base.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    private void write() {
        try (BaseModel model = Checkpoints.open(base)) {
            model.write(written, WeightOverlay.NONE);
        }
    }

    @Test
    void theyComeAlongAndNothingElse() throws IOException {
        write();
        List<String> expected = new ArrayList<>(COMPANIONS);
        expected.addAll(List.of("config.json", "model.safetensors"));
        assertEquals(new TreeSet<>(expected), new TreeSet<>(files(written)));
        for (String name : COMPANIONS) {
            assertEquals("content of " + name, Files.readString(written.resolve(name)), name);
        }
    }

    /** As in Hugging Face's cache. */
    @Test
    void symbolicLinksComeAsFiles() throws IOException {
        Path blob = Files.move(base.resolve("vocab.txt"), folder.resolve("blob"));
        Files.createSymbolicLink(base.resolve("vocab.txt"), blob);
        write();
        assertEquals("content of vocab.txt", Files.readString(written.resolve("vocab.txt")));
        assertEquals(false, Files.isSymbolicLink(written.resolve("vocab.txt")));
    }

    @Test
    void anEmbedderStaysWhatItIs() throws IOException {
        put(
                "modules.json",
                """
                [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
                 {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
                 {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"}]
                """);
        put("1_Pooling/config.json", "{\"pooling_mode_cls_token\": true}");
        put("sentence_bert_config.json", "{\"max_seq_length\": 7, \"do_lower_case\": true}");
        put(
                "config_sentence_transformers.json",
                "{\"prompts\": {\"query\": \"q: \"}, \"default_prompt_name\": \"query\"}");
        write();
        EmbeddingConfig expected =
                new EmbeddingConfig(written, List.of(PoolingMode.CLS), true, 7, true, "q: ");
        assertEquals(expected, EmbeddingConfig.read(written));
    }

    @Test
    void aChatWithToolsStaysWhatItIs() throws IOException {
        Files.delete(base.resolve("chat_template.jinja"));
        Fixtures.copy(Fixtures.chatTokenizer(), base);
        put("chat_template.jinja", "plain");
        put("additional_chat_templates/tool_use.jinja", "with tools");
        write();
        Chat chat = Chat.of(ChatMessage.user("hi"));
        JsonObject schema = JsonParser.parseString("{\"name\": \"f\"}").getAsJsonObject();
        try (Tokenizer tokenizer = Tokenizer.open(written)) {
            long[] plain = tokenizer.chats().encode(chat);
            long[] tools = tokenizer.chats().encode(chat.withToolSchemas(List.of(schema)));
            assertEquals("plain", tokenizer.decode(plain));
            assertEquals("with tools", tokenizer.decode(tools));
        }
    }

    private static List<String> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> directory.relativize(file).toString().replace('\\', '/'))
                    .toList();
        }
    }
}
