package org.peft4j.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The memory that this process took at most, native memory included. */
public final class PeakMemory {

    private static final Path STATUS = Path.of("/proc/self/status");

    private PeakMemory() {}

    /** Returns the largest resident set so far in MiB, as Linux keeps it; NaN elsewhere. */
    public static double mebibytes() throws IOException {
        if (!Files.exists(STATUS)) {
            return Double.NaN;
        }
        return Files.readAllLines(STATUS).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D+", "")) / 1024)
                .findFirst()
                .orElse(Double.NaN);
    }
}
