package org.peft4j.benchmarks;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The two sides of a comparison: each run is a fresh process that prints one JSON object. */
final class Sides {

    @Option(
            names = "--python",
            defaultValue = "python3",
            description =
                    "a Python that has src-test-fixtures/generate/requirements.txt"
                            + " (${DEFAULT-VALUE})")
    private String python = "python3";

    @Option(
            names = "--scripts",
            defaultValue = "benchmarks/python",
            description = "where the Python sides are (${DEFAULT-VALUE})")
    private Path scripts = Path.of("benchmarks/python");

    @Option(
            names = "--threads",
            defaultValue = "2",
            description = "libtorch's threads (${DEFAULT-VALUE})")
    private int threads;

    /** Returns libtorch's threads. */
    int threads() {
        return threads;
    }

    /**
     * Runs the Java side.
     *
     * @param main a program that prints a JSON object last
     * @param options what both sides understand
     */
    JsonObject here(Class<?> main, List<String> options) throws IOException, InterruptedException {
        return run(SideProcess.java(main), options);
    }

    /**
     * Runs the Python side.
     *
     * @param script its file name
     * @param options what both sides understand
     */
    JsonObject there(String script, List<String> options) throws IOException, InterruptedException {
        return run(SideProcess.python(python, scripts.resolve(script)), options);
    }

    private JsonObject run(List<String> command, List<String> options)
            throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(options);
        arguments.addAll(List.of("--threads", String.valueOf(threads)));
        return SideProcess.run(command, arguments, threads);
    }
}
