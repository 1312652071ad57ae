package org.peft4j.benchmarks;

import ai.djl.engine.Engine;
import ai.djl.pytorch.engine.PtEngine;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftModel;
import org.peft4j.core.ops.DType;
import org.peft4j.examples.PeakMemory;
import org.peft4j.transformers.Checkpoints;
import org.peft4j.transformers.LoadOptions;
import org.peft4j.transformers.generation.GenerationConfig;
import org.peft4j.transformers.generation.Generator;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The Java side of the comparison of generation, in a process of its own. */
@Command(name = "decode")
final class Decode implements Callable<Integer> {

    @Option(names = "--checkpoint", required = true)
    Path checkpoint = Path.of("");

    @Option(names = "--dtype", required = true)
    String dtype = "";

    @Option(names = "--rows", required = true)
    int rows;

    @Option(names = "--prompt", required = true)
    int prompt;

    @Option(names = "--new-tokens", required = true)
    int newTokens;

    @Option(names = "--warmup", required = true)
    int warmup;

    @Option(names = "--threads", required = true)
    int threads;

    private Decode() {}

    /** Generates. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Decode()).execute(args));
    }

    @Override
    public Integer call() throws IOException {
        System.setProperty("ai.djl.pytorch.num_threads", String.valueOf(threads));
        Engine.getEngine(PtEngine.ENGINE_NAME);
        LoadOptions options =
                LoadOptions.defaults().withDtype(DType.fromConfigName(dtype).orElseThrow());
        try (BaseModel base = Checkpoints.open(checkpoint, options);
                PeftModel model = PeftModel.of(base)) {
            Generator generator = Generator.greedy(model, GenerationConfig.of(newTokens));
            List<long[]> prompts = prompts(base.info().vocabularySize());
            for (int i = 0; i < warmup; i++) {
                generate(generator, prompts);
            }
            Times times = generate(generator, prompts);
            double decoding = times.end() - times.first();
            JsonObject result = new JsonObject();
            result.addProperty(
                    "prefill_tokens_per_s",
                    (double) rows * prompt / (times.first() - times.start()));
            result.addProperty("decode_tokens_per_s", rows * (newTokens - 1) / decoding);
            result.addProperty("peak_rss_mib", PeakMemory.mebibytes());
            result.add("ids", times.ids());
            System.out.println(result);
        }
        return 0;
    }

    /** Moments of a run in seconds, and what it generated. */
    private record Times(double start, double first, double end, JsonArray ids) {}

    private Times generate(Generator generator, List<long[]> prompts) {
        List<Double> moments = new ArrayList<>();
        double start = System.nanoTime() / 1e9;
        List<long[]> texts =
                generator.generate(
                        AdapterSelection.none(),
                        prompts,
                        (row, id) -> {
                            if (row == 0) {
                                moments.add(System.nanoTime() / 1e9);
                            }
                        });
        JsonArray ids = new JsonArray();
        texts.forEach(
                text -> {
                    for (long id : text) {
                        ids.add(id);
                    }
                });
        return new Times(start, moments.get(0), moments.get(moments.size() - 1), ids);
    }

    /** The prompts: a linear congruence, the same in both languages. */
    private List<long[]> prompts(long vocabulary) {
        List<long[]> prompts = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            long[] ids = new long[prompt];
            for (int i = 0; i < prompt; i++) {
                ids[i] = ((row * (long) prompt + i) * 7919 + 13) % vocabulary;
            }
            prompts.add(ids);
        }
        return prompts;
    }
}
