package org.peft4j.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.ops.Tensor;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Many threads load, use and delete many adapters of one base. */
@Command(
        name = "tenants",
        mixinStandardHelpOptions = true,
        description = "Threads load, use and delete adapters of one base, all at once.")
final class TenantRuns implements Callable<Integer> {

    private static final int SAVED = 5;

    @Option(names = "--threads", defaultValue = "32", description = "(${DEFAULT-VALUE})")
    private int threads;

    @Option(
            names = "--adapters",
            defaultValue = "50",
            description = "that each thread loads and deletes (${DEFAULT-VALUE})")
    private int adapters;

    private TenantRuns() {}

    @Override
    public Integer call() throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try (TemporaryDirectory directory = new TemporaryDirectory("tenants")) {
            SmallModel.write(directory.path().resolve("base"));
            try (SmallModel opened = SmallModel.open(directory.path().resolve("base"))) {
                List<float[]> wanted = new ArrayList<>();
                for (int i = 0; i < SAVED; i++) {
                    opened.model().add("saved", SmallModel.lora(), i);
                    opened.model().save("saved", directory.path().resolve("saved-" + i));
                    opened.model().delete("saved");
                    wanted.add(use(opened.model(), directory.path(), "first", i));
                }
                long tensors = opened.base().door().openTensors();
                List<Future<Integer>> tenants = new ArrayList<>();
                for (int t = 0; t < threads; t++) {
                    String name = "tenant-" + t;
                    tenants.add(
                            executor.submit(
                                    () -> live(opened.model(), directory.path(), name, wanted)));
                }
                int bad = 0;
                for (Future<Integer> tenant : tenants) {
                    bad += tenant.get();
                }
                long more = opened.base().door().openTensors() - tensors;
                System.out.printf(
                        "%d threads, %d adapters each: %d wrong, %d tensors more%n",
                        threads, adapters, bad, more);
                return bad == 0 && more == 0 ? 0 : 1;
            }
        } finally {
            executor.shutdownNow();
        }
    }

    private int live(PeftModel model, Path directory, String name, List<float[]> wanted) {
        int bad = 0;
        for (int i = 0; i < adapters; i++) {
            int number = (name.hashCode() & 0xFF) + i;
            float[] got = use(model, directory, name, number % SAVED);
            bad += Arrays.equals(got, wanted.get(number % SAVED)) ? 0 : 1;
        }
        return bad;
    }

    private static float[] use(PeftModel model, Path directory, String name, int number) {
        model.load(name, directory.resolve("saved-" + number));
        TokenBatch batch = SmallModel.batch();
        try (Tensor logits = model.logits(AdapterSelection.of(name), batch)) {
            return logits.toFloats();
        } finally {
            model.delete(name);
        }
    }
}
