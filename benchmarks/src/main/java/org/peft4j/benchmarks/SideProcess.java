package org.peft4j.benchmarks;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs one side of a comparison in a process of its own. */
final class SideProcess {

    private SideProcess() {}

    /** The command of a Java program with this process's class path. */
    static List<String> java(Class<?> main) {
        return List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1", // the work is libtorch's: a JVM that starts fast will do
                "-XX:+UseSerialGC",
                "-Dai.djl.offline=true",
                "-DOPT_OUT_TRACKING=true",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName());
    }

    /** The command of a Python script. */
    static List<String> python(String interpreter, Path script) {
        return List.of(interpreter, script.toString());
    }

    /**
     * Runs a command to its end.
     *
     * @param threads of OpenMP
     * @return the JSON object that it printed last
     * @throws UncheckedIOException if it fails, with what it wrote to its error stream
     */
    static JsonObject run(List<String> command, List<String> arguments, int threads)
            throws IOException, InterruptedException {
        List<String> whole = new ArrayList<>(command);
        whole.addAll(arguments);
        Path errors = Files.createTempFile("side-by-side", ".log");
        ProcessBuilder builder = new ProcessBuilder(whole).redirectError(errors.toFile());
        builder.environment().put("OMP_NUM_THREADS", String.valueOf(threads));
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new UncheckedIOException(
                    new IOException(
                            command.get(0)
                                    + " failed with exit code "
                                    + process.exitValue()
                                    + ":\n"
                                    + Files.readString(errors)));
        }
        Files.delete(errors);
        List<String> lines = out.lines().toList();
        return JsonParser.parseString(lines.get(lines.size() - 1)).getAsJsonObject();
    }
}
