package org.peft4j.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.peft4j.core.ops.DType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Greedy generation beside Python's transformers. */
@Command(
        name = "decode",
        mixinStandardHelpOptions = true,
        description = "The same greedy generation in peft4j and in Python's transformers.")
final class DecodeComparison implements Callable<Integer> {

    @Option(
            names = "--batches",
            split = ",",
            defaultValue = "1,16",
            description = "batch sizes to measure (${DEFAULT-VALUE})")
    List<Integer> batches = List.of();

    @Option(
            names = "--prompt",
            defaultValue = "128",
            description = "tokens of a prompt (${DEFAULT-VALUE})")
    int prompt;

    @Option(
            names = "--new-tokens",
            defaultValue = "64",
            description = "tokens to generate (${DEFAULT-VALUE})")
    int newTokens;

    @Option(
            names = "--warmup",
            defaultValue = "3",
            description = "generations before the timed one (${DEFAULT-VALUE})")
    int warmup;

    @Mixin Peers peers = new Peers();

    @Mixin RandomLlama base = new RandomLlama();

    private DecodeComparison() {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<String> table = new ArrayList<>();
        table.add("| dtype | batch | measure | peft4j | Python transformers | ratio | aim |");
        table.add("|---|---:|---|---:|---:|---:|---|");
        for (DType dtype : peers.dtypes()) {
            String checkpoint = peers.write(base, dtype).toString();
            for (int rows : batches) {
                Peers.Runs runs =
                        peers.run(Decode.class, "decode.py", arguments(checkpoint, dtype, rows));
                if (!runs.here().get(0).get("ids").equals(runs.there().get(0).get("ids"))) {
                    System.err.println(
                            "the two sides chose other tokens, as rounding in bfloat16 may make"
                                    + " them do");
                }
                String what = dtype.configName() + " | " + rows;
                table.add(row(what, "prefill, tokens/s", runs, "prefill_tokens_per_s", ""));
                String aim = rows == 1 ? "≥ 2.0" : "";
                table.add(row(what, "decode, tokens/s", runs, "decode_tokens_per_s", aim));
                table.add(row(what, "peak memory, MiB", runs, "peak_rss_mib", ""));
            }
        }
        System.out.printf(
                "%s; prompts of %d tokens, %d new ones, the generation after %d others, %s%n%n",
                base.describe(), prompt, newTokens, warmup, peers.describe());
        table.forEach(System.out::println);
        return 0;
    }

    private List<String> arguments(String checkpoint, DType dtype, int rows) {
        return List.of(
                "--checkpoint",
                checkpoint,
                "--dtype",
                dtype.configName(),
                "--rows",
                String.valueOf(rows),
                "--prompt",
                String.valueOf(prompt),
                "--new-tokens",
                String.valueOf(newTokens),
                "--warmup",
                String.valueOf(warmup));
    }

    private static String row(
            String what, String measure, Peers.Runs runs, String key, String aim) {
        double a = runs.here(key);
        double b = runs.there(key);
        return String.format(
                Locale.ROOT,
                "| %s | %s | %s | %s | %.2f | %s |",
                what,
                measure,
                Peers.number(a),
                Peers.number(b),
                a / b,
                aim);
    }
}
