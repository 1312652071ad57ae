package org.peft4j.examples.quickstart;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.MergeReport;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.ops.DType;
import org.peft4j.core.ops.Tensor;
import org.peft4j.examples.Encoders;
import org.peft4j.examples.LossChart;
import org.peft4j.examples.Program;
import org.peft4j.examples.tinybase.TinyBase;
import org.peft4j.lora.LoraConfig;
import org.peft4j.train.Trainer;
import org.peft4j.train.TrainingConfig;
import org.peft4j.train.TrainingReport;
import org.peft4j.train.data.PromptCompletion;
import org.peft4j.train.optim.Schedule;
import org.peft4j.transformers.Checkpoints;
import org.peft4j.transformers.LoadOptions;
import org.peft4j.transformers.generation.GenerationConfig;
import org.peft4j.transformers.generation.Generator;
import org.peft4j.transformers.text.Tokenizer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Teaches a tiny frozen base to turn orders into YAML records with a LoRA adapter, then saves,
 * reloads and merges it. Nothing is downloaded but Maven artifacts.
 */
@Command(
        name = "quickstart",
        mixinStandardHelpOptions = true,
        description = "Fine-tunes the shipped base with LoRA on a task that it cannot do yet.")
public final class Quickstart implements Callable<Integer> {

    private static final AdapterSelection ADAPTER = AdapterSelection.of("orders");
    private static final AdapterSelection BASE = AdapterSelection.none();
    private static final int ROWS_AT_A_TIME = 50;

    @Option(
            names = "--out",
            defaultValue = "out/quickstart",
            description = "where adapter, merged model and chart go (${DEFAULT-VALUE})")
    private Path out = Path.of("");

    @Option(
            names = "--steps",
            defaultValue = "600",
            description = "training steps (${DEFAULT-VALUE})")
    private int steps;

    @Option(
            names = "--held-out",
            defaultValue = "200",
            description = "cases to test with (${DEFAULT-VALUE})")
    private int heldOut;

    private Quickstart() {}

    /** Runs the quickstart; see {@code --help}. */
    public static void main(String[] args) {
        Program.run(new Quickstart(), args);
    }

    @Override
    public Integer call() {
        Path checkpoint = TinyBase.copyTo(out.resolve("base"));
        OrderTask task = OrderTask.draw(4_000, heldOut, 11);
        LoadOptions options =
                LoadOptions.defaults().withDtype(DType.FLOAT32).withName("peft4j/tiny-orders");

        try (BaseModel base = Checkpoints.open(checkpoint, options);
                Tokenizer tokenizer = Tokenizer.open(checkpoint);
                PeftModel model = PeftModel.of(base)) {
            model.add("orders", LoraConfig.builder().rank(8).alpha(16).targetAllLinear().build());
            System.out.println(model.trainableParameters());
            System.out.println("\nthe base before training");
            score(model, BASE, tokenizer, task.heldOut());

            TrainingReport report = train(model, tokenizer, task.training());
            System.out.printf(
                    Locale.ROOT,
                    "\ntrained %d steps in %.0f s, %.0f tokens/s, last loss %.4f%n",
                    report.steps(),
                    report.seconds(),
                    report.tokens() / report.seconds(),
                    report.lastLoss());
            Path chart = out.resolve("loss.png");
            LossChart.write(report.losses(), "LoRA on orders to records", chart);

            System.out.println("\nthe base with the adapter");
            score(model, ADAPTER, tokenizer, task.heldOut());

            Path adapter = out.resolve("adapter");
            model.save("orders", adapter);
            System.out.printf(
                    Locale.ROOT,
                    "%nadapter saved to %s, %,d bytes; the base has %,d%n",
                    adapter,
                    size(adapter.resolve("adapter_model.safetensors")),
                    size(checkpoint.resolve("model.safetensors")));
            model.load("reloaded", adapter);
            compareMerged(model, tokenizer, task.heldOut());

            model.unmerge();
            Path merged = out.resolve("merged");
            model.writeMerged(merged, "orders");
            System.out.printf("merged checkpoint written to %s, loss curve to %s%n", merged, chart);
        }
        return 0;
    }

    private TrainingReport train(
            PeftModel model, Tokenizer tokenizer, List<PromptCompletion> pairs) {
        return Trainer.builder()
                .setModel(model)
                .setSelection(ADAPTER)
                .setExamples(Encoders.of(tokenizer).encodePairs(pairs))
                .setConfig(
                        TrainingConfig.builder()
                                .maxSteps(steps)
                                .batchSize(32)
                                .learningRate(4e-3)
                                .schedule(Schedule.COSINE)
                                .warmupSteps(30)
                                .seed(7)
                                .build())
                .build()
                .train();
    }

    /** Generates an answer to every prompt and prints how many are right to the letter. */
    private static void score(
            PeftModel model,
            AdapterSelection selection,
            Tokenizer tokenizer,
            List<PromptCompletion> cases) {
        Generator generator = Generator.greedy(model, GenerationConfig.of(64, tokenizer));
        List<String> answers = new ArrayList<>();
        for (int i = 0; i < cases.size(); i += ROWS_AT_A_TIME) {
            List<long[]> prompts =
                    cases.subList(i, Math.min(cases.size(), i + ROWS_AT_A_TIME)).stream()
                            .map(pair -> Encoders.prompt(tokenizer, pair.prompt()))
                            .toList();
            for (long[] answer : generator.generate(selection, prompts)) {
                answers.add(tokenizer.decode(answer, true));
            }
        }
        long right =
                IntStream.range(0, cases.size())
                        .filter(i -> answers.get(i).equals(cases.get(i).completion()))
                        .count();
        System.out.printf("  order   %s%n", cases.get(0).prompt().strip().replace("\n", " | "));
        System.out.printf("  answer  %s%n", answers.get(0).strip().replace("\n", " | "));
        System.out.printf(
                Locale.ROOT,
                "  exact match on %d held-out orders: %.1f %%%n",
                cases.size(),
                100.0 * right / cases.size());
    }

    /** Compares the adapter beside the base, read back from its file, with the merged weights. */
    private static void compareMerged(
            PeftModel model, Tokenizer tokenizer, List<PromptCompletion> cases) {
        TokenBatch batch =
                TokenBatch.padded(
                        cases.subList(0, Math.min(cases.size(), 16)).stream()
                                .map(pair -> Encoders.prompt(tokenizer, pair.prompt()))
                                .toList(),
                        null,
                        tokenizer.padId(),
                        true);
        try (Tensor unmerged = model.logits(AdapterSelection.of("reloaded"), batch)) {
            MergeReport report = model.merge("orders");
            try (Tensor merged = model.logits(BASE, batch)) {
                System.out.printf(
                        Locale.ROOT,
                        "%s%nlargest difference of the logits, merged or not: %.2g%n",
                        report,
                        model.base().door().weights().maxDifference(unmerged, merged));
            }
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
