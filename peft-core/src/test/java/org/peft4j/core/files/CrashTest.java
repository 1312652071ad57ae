package org.peft4j.core.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Kills writers in the middle of their work, in processes of their own. */
class CrashTest {

    private static final int ROUNDS = 10;

    /** A writer ends by itself, should the test that started it be gone. */
    private static final Duration LONGEST_LIFE = Duration.ofSeconds(60);

    @TempDir Path directory;

    /** What the processes run: saves the directory over and over, and says so after the first. */
    static final class Writer {

        public static void main(String[] arguments) {
            Path directory = Path.of(arguments[0]);
            int number = Integer.parseInt(arguments[1]);
            save(directory, number);
            System.out.println("saved");
            long end = System.nanoTime() + LONGEST_LIFE.toNanos();
            while (System.nanoTime() < end) {
                save(directory, ++number % 100);
            }
        }
    }

    @Test
    @Timeout(60)
    void aKilledWriterLeavesAConsistentPair() throws IOException, InterruptedException {
        long seed = TestFiles.seed();
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            Process writer = start(round);
            try {
                assertEquals('s', writer.getInputStream().read(), "the writer should have begun");
                long end = System.nanoTime() + random.nextInt(100) * 1_000_000L;
                while (System.nanoTime() < end) {
                    assertConsistent(seed);
                }
            } finally {
                writer.destroyForcibly().waitFor();
            }
            assertConsistent(seed);
            assertNothingLeftBehind();
        }
    }

    @Test
    @Timeout(60)
    void writersInSeveralProcessesDoNotMix() throws IOException, InterruptedException {
        Process one = start(1);
        Process two = start(50);
        try {
            assertEquals('s', one.getInputStream().read());
            assertEquals('s', two.getInputStream().read());
            for (int i = 0; i < 20; i++) {
                save(directory, i);
                assertConsistent(0);
            }
            assertTrue(one.isAlive() && two.isAlive());
        } finally {
            one.destroyForcibly().waitFor();
            two.destroyForcibly().waitFor();
        }
        assertConsistent(0);
        assertNothingLeftBehind();
    }

    private void assertConsistent(long seed) {
        AdapterDirectory adapter = AdapterDirectory.open(directory);
        int number = adapter.configFields().integer("number");
        // The length shows whether header and config fit even if the data was replaced since.
        assertEquals(
                number + 1,
                adapter.weights().entry("x").elementCount(),
                () -> "-Dpeft4j.seed=" + seed);
    }

    private void assertNothingLeftBehind() {
        AtomicFiles.recover(directory);
        List<String> hidden = new ArrayList<>(hidden());
        hidden.remove(DirectoryLock.FILE_NAME); // of a killed writer: the next one removes it
        assertEquals(List.of(), hidden);
        save(directory, 1);
        assertEquals(List.of(), hidden());
    }

    private List<String> hidden() {
        return TestFiles.list(directory).stream().filter(n -> n.startsWith(".")).toList();
    }

    private Process start(int number) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Writer.class.getName(),
                        directory.toString(),
                        Integer.toString(number))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static void save(Path directory, int number) {
        JsonObject config = new JsonObject();
        config.addProperty("peft_type", "LORA");
        config.addProperty("number", number);
        TensorSource tensor =
                TensorSource.of(
                        "x",
                        StoredType.F32,
                        new long[] {number + 1},
                        () -> ByteBuffer.allocate(4 * (number + 1)));
        AdapterDirectory.write(
                directory, config, List.of(tensor), Map.of("extra", FileBody.of("" + number)));
    }
}
