package org.peft4j.core.files;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.function.Executable;
import org.peft4j.core.BadFileException;

/** What the tests of this package share. */
final class TestFiles {

    private TestFiles() {}

    static byte[] resource(String name) {
        try (InputStream in = TestFiles.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalArgumentException("no resource " + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns a safetensors file with this header, however wrong, and so many zeros of data. */
    static byte[] safetensors(String header, int dataBytes) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + json.length + dataBytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .array();
    }

    static Path write(Path file, byte[] content) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            return Files.write(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path write(Path file, String content) {
        return write(file, content.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String text(Path file) {
        return new String(read(file), StandardCharsets.UTF_8);
    }

    static String message(Throwable e) {
        return String.valueOf(e.getMessage());
    }

    static List<String> list(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns a tensor of one F32 dimension, every byte of it the same. */
    static TensorSource tensor(String name, int elements, int fill) {
        return TensorSource.of(
                name,
                StoredType.F32,
                new long[] {elements},
                () -> {
                    byte[] bytes = new byte[4 * elements];
                    Arrays.fill(bytes, (byte) fill);
                    return ByteBuffer.wrap(bytes);
                });
    }

    /** Asserts that the action fails on this file and that the message says all of this. */
    static BadFileException assertBad(Path file, Executable action, String... parts) {
        BadFileException e = assertThrows(BadFileException.class, action);
        String message = message(e);
        assertTrue(
                message.startsWith(file + ": "),
                () -> "should name " + file + " first: " + message);
        for (String part : parts) {
            assertTrue(message.contains(part), () -> "should say \"" + part + "\": " + message);
        }
        assertTrue(message.endsWith("."), message);
        return e;
    }

    static long seed() {
        return Long.getLong("peft4j.seed", System.nanoTime());
    }
}
