package org.peft4j.core.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.Device;
import ai.djl.pytorch.jni.JniUtils;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Operators use the processors that this process may use, or as many threads as it is told. */
@Timeout(60)
final class ThreadsTest {

    /** Prints the number of threads. */
    static final class Count {
        public static void main(String[] arguments) {
            OperatorDoor.open(Device.cpu()).close();
            System.out.println("threads " + JniUtils.getNumThreads());
        }
    }

    private static String count(String... options) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        command.addAll(
                List.of(
                        "-Dai.djl.offline=true",
                        "-DOPT_OUT_TRACKING=true",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Count.class.getName()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().remove("OMP_NUM_THREADS");
        builder.environment().remove("MKL_NUM_THREADS");
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return output.strip().lines().reduce((first, last) -> last).orElse("");
    }

    @Test
    void noMoreThanTheProcessorsThatAreGranted() throws IOException {
        assertEquals("threads 1", count("-XX:ActiveProcessorCount=1"));
    }

    @Test
    void asManyAsIsSaid() throws IOException {
        assertEquals(
                "threads 2", count("-XX:ActiveProcessorCount=1", "-Dai.djl.pytorch.num_threads=2"));
    }
}
