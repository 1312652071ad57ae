package org.peft4j.benchmarks;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.peft4j.core.ops.DType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** LoRA training steps beside Python's peft. */
@Command(
        name = "train",
        mixinStandardHelpOptions = true,
        description = "The same LoRA training step in peft4j and in Python's peft.")
final class TrainComparison implements Callable<Integer> {

    @Mixin Peers peers = new Peers();

    @Mixin Workload workload = new Workload();

    @Mixin RandomLlama base = new RandomLlama();

    private TrainComparison() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<String> table = new ArrayList<>();
        table.add("| dtype | measure | peft4j | Python peft | ratio | aim |");
        table.add("|---|---|---:|---:|---:|---|");
        for (DType dtype : peers.dtypes()) {
            String checkpoint = peers.write(base, dtype).toString();
            Peers.Runs runs =
                    peers.run(
                            TrainStep.class,
                            "train_step.py",
                            workload.arguments(checkpoint, dtype));
            table.addAll(rows(dtype.configName(), runs));
        }
        System.out.println(
                base.describe()
                        + "; LoRA rank "
                        + workload.rank
                        + " on "
                        + workload.targets
                        + "; batch "
                        + workload.rows
                        + " × "
                        + workload.length
                        + ", "
                        + peers.describe()
                        + "\n");
        table.forEach(System.out::println);
        return 0;
    }

    private static List<String> rows(String dtype, Peers.Runs runs) {
        Map<String, String[]> measures = new LinkedHashMap<>();
        measures.put("tokens_per_s", new String[] {"training, tokens/s", "≥ 1.0"});
        measures.put("peak_rss_mib", new String[] {"peak memory, MiB", "≤ 0.8"});
        measures.put("start_to_open_s", new String[] {"process start to opened model, s", "≤ 0.2"});
        measures.put("open_s", new String[] {"of it, opening alone, s", ""});
        measures.put("open_to_first_step_s", new String[] {"opening to first step done, s", ""});
        List<String> rows = new ArrayList<>();
        measures.forEach(
                (key, text) -> {
                    double a = runs.here(key);
                    double b = runs.there(key);
                    rows.add(
                            String.format(
                                    Locale.ROOT,
                                    "| %s | %s | %s | %s | %.2f | %s |",
                                    dtype,
                                    text[0],
                                    Peers.number(a),
                                    Peers.number(b),
                                    a / b,
                                    text[1]));
                });
        rows.add(
                String.format(
                        Locale.ROOT,
                        "| %s | loss of the last step | %.5f | %.5f | | |",
                        dtype,
                        lastLoss(runs.here()),
                        lastLoss(runs.there())));
        return rows;
    }

    private static double lastLoss(List<JsonObject> runs) {
        JsonArray losses = runs.get(0).getAsJsonArray("losses");
        return losses.get(losses.size() - 1).getAsDouble();
    }
}
