package org.peft4j.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.peft4j.core.TokenBatch;
import org.peft4j.transformers.generation.GenerationConfig;
import org.peft4j.transformers.generation.Generator;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Counts tensors and memory over thousands of steps, generations and adapters. */
@Command(
        name = "memory",
        mixinStandardHelpOptions = true,
        description = "Memory must not grow with steps, generations and adapters.")
final class MemoryRuns implements Callable<Integer> {

    /** The heap and the compiler of a young JVM still grow; 2,000 lost passes are far more. */
    private static final int MOST_GROWTH_KB = 48 * 1024;

    private static final Path STATUS = Path.of("/proc/self/status");

    @Option(
            names = "--rounds",
            defaultValue = "2000",
            description = "of each kind of work (${DEFAULT-VALUE})")
    private int rounds;

    private MemoryRuns() {}

    /** Something that is done over and over. */
    private record Work(String name, Runnable once) {}

    @Override
    public Integer call() throws IOException {
        try (TemporaryDirectory directory = new TemporaryDirectory("memory")) {
            SmallModel.write(directory.path().resolve("base"));
            try (SmallModel opened = SmallModel.open(directory.path().resolve("base"))) {
                int bad = 0;
                for (Work work : work(opened, directory.path().resolve("saved"))) {
                    bad += isFlat(opened, work) ? 0 : 1;
                }
                return bad == 0 ? 0 : 1;
            }
        }
    }

    private static List<Work> work(SmallModel opened, Path saved) {
        TokenBatch batch = SmallModel.batch();
        Generator generator =
                new Generator(opened.model(), GenerationConfig.builder().maxNewTokens(16).build());
        opened.model().save("task", saved);
        return List.of(
                new Work(
                        "steps",
                        () -> {
                            opened.model().accumulateGradients(SmallModel.TASK, batch, 1, 5);
                            opened.model()
                                    .adapter("task")
                                    .parameters()
                                    .forEach(parameter -> parameter.setGradient(null));
                        }),
                new Work(
                        "generations",
                        () -> generator.generate(SmallModel.TASK, new long[] {5, 6, 7})),
                new Work(
                        "adapters",
                        () -> {
                            opened.model().load("loaded", saved);
                            opened.model().logits(SmallModel.TASK, batch).close();
                            opened.model().delete("loaded");
                        }),
                new Work(
                        "merges",
                        () -> {
                            opened.model().merge("task");
                            opened.model().unmerge();
                        }));
    }

    private boolean isFlat(SmallModel opened, Work work) throws IOException {
        for (int i = 0; i < rounds / 2; i++) {
            work.once().run();
        }
        System.gc();
        long tensors = opened.base().door().openTensors();
        long before = residentKb();
        for (int i = 0; i < rounds; i++) {
            work.once().run();
        }
        System.gc();
        long more = opened.base().door().openTensors() - tensors;
        long grown = residentKb() - before;
        System.out.printf(
                "%,d %s: %d tensors more, %,d kB more of %,d%n",
                rounds, work.name(), more, grown, before);
        return more == 0 && grown < MOST_GROWTH_KB;
    }

    /** Returns 0 where the system does not tell. */
    private static long residentKb() throws IOException {
        if (!Files.isReadable(STATUS)) {
            return 0;
        }
        return Files.readAllLines(STATUS).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(0);
    }
}
