package org.peft4j.benchmarks;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@link Reliability} in a process of its own, which may crash or be killed. */
final class ChildProcess {

    private static final int LONGEST_MINUTES = 20;

    private ChildProcess() {}

    /** How a process ended, and the end of what it said. */
    record Outcome(int exitCode, String output) {
        @Override
        public String toString() {
            int from = Math.max(0, output.length() - 4_000);
            return "exit code " + exitCode + "\n" + output.substring(from);
        }
    }

    /** Starts a command whose output goes to a file. */
    static Process start(Path log, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(SideProcess.java(Reliability.class));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .directory(new File(System.getProperty("java.io.tmpdir")));
        builder.environment().putIfAbsent("OMP_NUM_THREADS", "1");
        return builder.start();
    }

    /** Runs a command to its end; one that hangs is ended, and counts as a crash. */
    static Outcome run(String... arguments) throws IOException, InterruptedException {
        Path log = Files.createTempFile("reliability", ".log");
        try {
            Process process = start(log, arguments);
            if (!process.waitFor(LONGEST_MINUTES, TimeUnit.MINUTES)) {
                process.destroyForcibly().waitFor();
            }
            return new Outcome(process.exitValue(), Files.readString(log));
        } finally {
            Files.delete(log);
        }
    }
}
