package org.peft4j.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a time was measured on: times of different processors are not compared. */
final class Processor {

    private static final Path LINUX = Path.of("/proc/cpuinfo");

    /** What decides the speed of matrix products: Linux's flags and what they are called. */
    private static final Map<String, String> FLAGS =
            Map.of("avx2", "AVX2", "avx512f", "AVX-512", "amx_bf16", "AMX");

    private Processor() {}

    /** Returns model, cores and vector instructions; the architecture alone if not on Linux. */
    static String describe() throws IOException {
        if (!Files.exists(LINUX)) {
            return System.getProperty("os.arch");
        }
        return describe(Files.readAllLines(LINUX), Runtime.getRuntime().availableProcessors());
    }

    /** The same of the lines of Linux's file. */
    static String describe(List<String> lines, int cores) {
        String flags =
                Stream.of(value(lines, "flags").split(" "))
                        .filter(FLAGS::containsKey)
                        .map(FLAGS::get)
                        .sorted()
                        .collect(Collectors.joining(", "));
        return Stream.of(value(lines, "model name"), cores + " cores", flags)
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining(", "));
    }

    private static String value(List<String> lines, String key) {
        return lines.stream()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(line.indexOf(':') + 1).trim())
                .findFirst()
                .orElse("");
    }
}
