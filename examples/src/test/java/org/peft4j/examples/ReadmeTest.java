package org.peft4j.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.peft4j.examples.readme.Readme;
import org.peft4j.examples.tinybase.TinyBase;

/** Holds the README to the code that it shows. */
class ReadmeTest {

    private static final Path ROOT = Path.of("..");
    private static final String MARKER = "// README";

    @Test
    void showsTheCodeThatCompiles() throws IOException {
        String source =
                Files.readString(Path.of("src/main/java/org/peft4j/examples/readme/Readme.java"));
        String code = source.split(MARKER, 3)[1];
        String readme = Files.readString(ROOT.resolve("README.md"));
        String shown = readme.split("```java\n", 2)[1].split("```", 2)[0];
        assertEquals(words(code), words(shown));
    }

    /** Line breaks and indentation are the formatter's business. */
    private static List<String> words(String code) {
        return List.of(code.strip().replaceAll("\\s+", "").split("(?<=;)"));
    }

    @Test
    void theCodeRuns(@TempDir Path directory) throws IOException {
        Path base = TinyBase.copyTo(directory.resolve("base"));
        Path pairs =
                Files.writeString(
                        directory.resolve("pairs.jsonl"),
                        "{\"prompt\": \"Anna\", \"completion\": \" Ben\"}\n");
        Readme.fineTune(base, pairs, directory);
        assertTrue(Files.exists(directory.resolve("adapter/adapter_config.json")));
        assertTrue(Files.exists(directory.resolve("merged/model.safetensors")));
    }

    @Test
    void everyBlockOfJavaCompiles(@TempDir Path directory) throws IOException {
        String readme = Files.readString(ROOT.resolve("README.md"));
        List<ReadmeBlock> blocks = ReadmeBlock.of(readme);
        assertEquals(readme.split("```java", -1).length - 1, blocks.size());
        assertFalse(blocks.isEmpty());
        blocks.forEach(block -> assertEquals(List.of(), block.errors(directory), block.code()));
    }

    @Test
    void aBlockThatDoesNotCompileIsSeen(@TempDir Path directory) {
        ReadmeBlock block =
                ReadmeBlock.of("<!-- given: int a; -->\n```java\nint b = a;\nint c = d;\n```\n")
                        .get(0);
        List<String> errors = block.errors(directory);
        assertEquals(1, errors.size(), errors.toString());
        assertTrue(errors.get(0).contains("variable d"), errors.toString());
    }

    @Test
    void itsTwoCommandsAreThose() throws IOException {
        String readme = Files.readString(ROOT.resolve("README.md"));
        assertTrue(
                readme.contains("## Run it\n\n```sh\nmvn -q -pl examples -am -Pquickstart verify"));
        assertTrue(readme.contains("## Test it\n\n```sh\nmvn -B -ntp verify"));
        assertTrue(Files.readString(ROOT.resolve(".ci/run")).contains("mvn -B -ntp verify"));
    }
}
