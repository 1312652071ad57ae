package org.peft4j.examples.tinybase;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The base that the project ships, as a checkpoint directory. */
public final class TinyBase {

    private static final List<String> FILES =
            List.of("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json");

    private TinyBase() {}

    /**
     * Copies the shipped checkpoint out of the class path.
     *
     * @param directory where to; created if needed
     * @return the directory
     */
    public static Path copyTo(Path directory) {
        try {
            Files.createDirectories(directory);
            for (String file : FILES) {
                try (InputStream in = TinyBase.class.getResourceAsStream(file)) {
                    if (in == null) {
                        throw new IllegalStateException(
                                file + " is missing from the resources of the examples");
                    }
                    Files.write(directory.resolve(file), in.readAllBytes());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return directory;
    }
}
