package org.peft4j.transformers.embedding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.peft4j.core.BadFileException;

/** The files of sentence-transformers are understood as it understands them. */
final class EmbeddingConfigTest {

    private static final String MODULES =
            """
            [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
             {"idx": 1, "name": "1", "path": "1_Pooling", "type": "a.b.Pooling"},
             {"idx": 2, "name": "2", "path": "2_Normalize", "type": "a.b.Normalize"}]
            """;

    @TempDir Path folder;

    private void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    @Test
    void readsAllFiles() throws IOException {
        write("modules.json", MODULES);
        write(
                "1_Pooling/config.json",
                "{\"pooling_mode_cls_token\": false, \"pooling_mode_mean_tokens\": true,"
                        + " \"pooling_mode_max_tokens\": true}");
        write("sentence_bert_config.json", "{\"max_seq_length\": 256, \"do_lower_case\": true}");
        write(
                "config_sentence_transformers.json",
                "{\"prompts\": {\"query\": \"query: \"}, \"default_prompt_name\": \"query\"}");
        EmbeddingConfig config = EmbeddingConfig.read(folder);
        assertEquals(List.of(PoolingMode.MAX, PoolingMode.MEAN), config.pooling());
        assertTrue(config.normalize() && config.lowerCase());
        assertEquals(256, config.maxTokens());
        assertEquals("query: ", config.prompt());
        assertEquals(folder, config.transformer());
    }

    @Test
    void readsTheModesOfNewerFiles() throws IOException {
        write("modules.json", MODULES);
        write("1_Pooling/config.json", "{\"pooling_mode\": \"lasttoken\"}");
        assertEquals(List.of(PoolingMode.LAST_TOKEN), EmbeddingConfig.read(folder).pooling());
        write("1_Pooling/config.json", "{\"pooling_mode\": [\"cls\", \"weightedmean\"]}");
        assertEquals(
                List.of(PoolingMode.CLS, PoolingMode.WEIGHTED_MEAN),
                EmbeddingConfig.read(folder).pooling());
    }

    @Test
    void aPlainCheckpointIsPooledByItsMean() {
        assertEquals(EmbeddingConfig.mean(folder), EmbeddingConfig.read(folder));
    }

    @Test
    void namesWhatItCannotDo() throws IOException {
        write("modules.json", MODULES.replace("Normalize", "Dense"));
        write("1_Pooling/config.json", "{\"pooling_mode\": \"mean\"}");
        refuses("Transformer, Pooling or Normalize");
        write("modules.json", MODULES.replace("1_Pooling", "../elsewhere"));
        refuses("inside the directory");
        write("modules.json", "{}");
        refuses("a list of objects");
        write("modules.json", MODULES);
        write("1_Pooling/config.json", "{\"pooling_mode\": \"median\"}");
        refuses("weightedmean");
    }

    private void refuses(String part) {
        String message =
                String.valueOf(
                        assertThrows(BadFileException.class, () -> EmbeddingConfig.read(folder))
                                .getMessage());
        assertTrue(message.contains(part), message);
    }
}
