package org.peft4j.transformers.text.files;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No damaged {@code tokenizer.json} ends the process, hangs, or throws what is not ours. */
class TokenizerFuzzTest {

    @TempDir Path directory;

    @Test
    void damagedTokenizers() throws IOException, InterruptedException {
        Path log = directory.resolve("log");
        Process child =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx512m",
                                "-Dai.djl.offline=true",
                                "-DOPT_OUT_TRACKING=true",
                                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                                "-cp",
                                System.getProperty("java.class.path"),
                                TokenizerFuzz.class.getName(),
                                System.getProperty("peft4j.fuzz.seed", "1"),
                                System.getProperty("peft4j.fuzz.first", "0"),
                                System.getProperty("peft4j.fuzz.cases", "150"))
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        try {
            int status = child.waitFor();

            List<String> lines = Files.readAllLines(log);
            List<String> last = lines.subList(Math.max(0, lines.size() - 40), lines.size());
            assertEquals(0, status, () -> String.join("\n", last));
        } finally {
            child.destroyForcibly();
        }
    }
}
