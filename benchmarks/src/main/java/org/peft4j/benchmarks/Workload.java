package org.peft4j.benchmarks;

import java.util.ArrayList;
import java.util.List;
import org.peft4j.core.ops.DType;
import picocli.CommandLine.Option;

/** What is trained: the options that both sides of a comparison share. */
final class Workload {

    @Option(names = "--rank", defaultValue = "8", description = "LoRA rank (${DEFAULT-VALUE})")
    int rank;

    @Option(
            names = "--targets",
            defaultValue = "all-linear",
            description = "target modules, all-linear or names with commas (${DEFAULT-VALUE})")
    String targets = "all-linear";

    @Option(
            names = "--rows",
            defaultValue = "4",
            description = "rows of a batch (${DEFAULT-VALUE})")
    int rows;

    @Option(
            names = "--length",
            defaultValue = "256",
            description = "tokens of a row (${DEFAULT-VALUE})")
    int length;

    @Option(
            names = "--steps",
            defaultValue = "5",
            description = "timed steps of a run (${DEFAULT-VALUE})")
    int steps;

    @Option(
            names = "--warmup",
            defaultValue = "2",
            description = "steps before the timed ones (${DEFAULT-VALUE})")
    int warmup;

    /** Returns the options of one process, in the spelling that both languages read. */
    List<String> arguments(String checkpoint, DType dtype) {
        List<String> arguments = new ArrayList<>();
        arguments.addAll(List.of("--checkpoint", checkpoint, "--dtype", dtype.configName()));
        arguments.addAll(List.of("--targets", targets, "--rank", String.valueOf(rank)));
        arguments.addAll(List.of("--rows", String.valueOf(rows)));
        arguments.addAll(List.of("--length", String.valueOf(length)));
        arguments.addAll(List.of("--steps", String.valueOf(steps)));
        arguments.addAll(List.of("--warmup", String.valueOf(warmup)));
        return arguments;
    }

    /** The ids of a step: a linear congruence, the same in both languages. */
    long[] tokenIds(long vocabulary, int step) {
        long[] ids = new long[rows * length];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = (i * 7919L + step * 104729L + 13) % vocabulary;
        }
        return ids;
    }
}
