package org.peft4j.benchmarks;

import ai.djl.engine.Engine;
import ai.djl.pytorch.engine.PtEngine;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.Parameter;
import org.peft4j.core.PeftModel;
import org.peft4j.core.SequenceLayout;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.ops.DType;
import org.peft4j.core.ops.Tensor;
import org.peft4j.examples.PeakMemory;
import org.peft4j.lora.LoraConfig;
import org.peft4j.lora.LoraConfigBuilder;
import org.peft4j.train.optim.AdamW;
import org.peft4j.train.optim.AdamWOptions;
import org.peft4j.train.optim.GradientClipping;
import org.peft4j.transformers.Checkpoints;
import org.peft4j.transformers.LoadOptions;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The Java side of the comparison, in a process of its own: prints one JSON object. */
@Command(name = "train-step")
final class TrainStep implements Callable<Integer> {

    private static final double LEARNING_RATE = 1e-4;
    private static final double MAX_GRADIENT_NORM = 1;
    private static final AdapterSelection ADAPTER = AdapterSelection.of("default");

    @Option(names = "--checkpoint", required = true)
    Path checkpoint = Path.of("");

    @Option(names = "--dtype", required = true)
    String dtype = "";

    @Option(names = "--threads", required = true)
    int threads;

    @Mixin Workload workload = new Workload();

    private TrainStep() {}

    /** Runs the steps. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new TrainStep()).execute(args));
    }

    @Override
    public Integer call() throws IOException {
        double started = seconds() - sinceProcessStart();
        System.setProperty("ai.djl.pytorch.num_threads", String.valueOf(threads));
        Engine.getEngine(PtEngine.ENGINE_NAME); // the counterpart of Python's import torch

        double opening = seconds();
        LoadOptions options =
                LoadOptions.defaults().withDtype(DType.fromConfigName(dtype).orElseThrow());
        try (BaseModel base = Checkpoints.open(checkpoint, options);
                PeftModel model = PeftModel.of(base)) {
            List<Parameter> parameters = model.add("default", lora()).parameters();
            double opened = seconds();

            JsonArray losses = new JsonArray();
            try (AdamW optimizer =
                    new AdamW(base.door(), AdamWOptions.defaults(), byKey(parameters))) {
                losses.add(step(model, optimizer, parameters, 0));
                double first = seconds();
                for (int i = 1; i < workload.warmup; i++) {
                    losses.add(step(model, optimizer, parameters, i));
                }
                double[] times = new double[workload.steps];
                for (int i = 0; i < workload.steps; i++) {
                    double before = seconds();
                    losses.add(step(model, optimizer, parameters, workload.warmup + i));
                    times[i] = seconds() - before;
                }
                Arrays.sort(times);
                double median = times[times.length / 2];
                JsonObject result = new JsonObject();
                result.addProperty("start_to_open_s", opened - started);
                result.addProperty("open_s", opened - opening);
                result.addProperty("open_to_first_step_s", first - opening);
                result.addProperty("step_s", median);
                result.addProperty("tokens_per_s", workload.rows * workload.length / median);
                result.addProperty("peak_rss_mib", PeakMemory.mebibytes());
                result.add("losses", losses);
                System.out.println(result);
            }
        }
        return 0;
    }

    private LoraConfig lora() {
        LoraConfigBuilder config =
                LoraConfig.builder().rank(workload.rank).alpha(2 * workload.rank);
        return (workload.targets.equals("all-linear")
                        ? config.targetAllLinear()
                        : config.targetModules(workload.targets.split(",", -1)))
                .build();
    }

    private double step(PeftModel model, AdamW optimizer, List<Parameter> parameters, int number) {
        long[] ids = workload.tokenIds(model.base().info().vocabularySize(), number);
        TokenBatch batch =
                new TokenBatch(new SequenceLayout(workload.rows, 0, workload.length), ids)
                        .withLabels(ids);
        double scale = 1.0 / model.base().lossCount(batch);
        double loss = model.accumulateGradients(ADAPTER, batch, scale, number).mean();
        List<Tensor> gradients =
                parameters.stream().map(Parameter::gradient).filter(Objects::nonNull).toList();
        GradientClipping.clip(model.base().door().updates(), gradients, MAX_GRADIENT_NORM);
        optimizer.step(LEARNING_RATE);
        parameters.forEach(parameter -> parameter.setGradient(null));
        return loss;
    }

    private static Map<String, Parameter> byKey(List<Parameter> parameters) {
        Map<String, Parameter> byKey = new LinkedHashMap<>();
        parameters.forEach(parameter -> byKey.put(parameter.key(), parameter));
        return byKey;
    }

    private static double seconds() {
        return System.nanoTime() / 1e9;
    }

    private static double sinceProcessStart() {
        return (System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime())
                / 1e3;
    }
}
