package org.peft4j.examples.finetune;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftModel;
import org.peft4j.core.ops.DType;
import org.peft4j.examples.Encoders;
import org.peft4j.examples.LossChart;
import org.peft4j.examples.Program;
import org.peft4j.examples.tinybase.TinyBase;
import org.peft4j.lora.LoraConfig;
import org.peft4j.lora.LoraConfigBuilder;
import org.peft4j.train.Trainer;
import org.peft4j.train.TrainingConfig;
import org.peft4j.train.TrainingConfigBuilder;
import org.peft4j.train.TrainingReport;
import org.peft4j.train.data.Collator;
import org.peft4j.train.data.DelimitedFile;
import org.peft4j.train.data.Example;
import org.peft4j.train.data.JsonLines;
import org.peft4j.train.data.PromptCompletion;
import org.peft4j.train.data.TextLines;
import org.peft4j.train.metrics.Evaluation;
import org.peft4j.train.metrics.Evaluator;
import org.peft4j.train.optim.Schedule;
import org.peft4j.transformers.Checkpoints;
import org.peft4j.transformers.LoadOptions;
import org.peft4j.transformers.generation.GenerationConfig;
import org.peft4j.transformers.generation.Generator;
import org.peft4j.transformers.text.Tokenizer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Fine-tunes a checkpoint directory with LoRA on a file of prompts and completions, and saves the
 * adapter as Python's {@code peft} would.
 */
@Command(
        name = "fine-tune",
        mixinStandardHelpOptions = true,
        description = "LoRA on any checkpoint directory and any prompt/completion file.")
public final class FineTune implements Callable<Integer> {

    private static final AdapterSelection ADAPTER = AdapterSelection.of("default");

    @Option(
            names = "--base",
            description =
                    "a Llama, Mistral or Qwen2 checkpoint directory; without, the shipped base")
    private @Nullable Path base;

    @Option(
            names = "--data",
            required = true,
            description =
                    "pairs: .jsonl with prompt and completion, .tsv or .csv with two columns, else"
                            + " lines of prompt||completion")
    private Path data = Path.of("");

    @Option(
            names = "--out",
            defaultValue = "out/fine-tune",
            description = "where adapter, checkpoints and chart go (${DEFAULT-VALUE})")
    private Path out = Path.of("");

    @Option(names = "--dtype", description = "float32 or bfloat16; without, the checkpoint's")
    private @Nullable String dtype;

    @Option(names = "--rank", defaultValue = "8", description = "LoRA rank (${DEFAULT-VALUE})")
    private int rank;

    @Option(names = "--targets", split = ",", description = "target modules; without, every linear")
    private List<String> targets = List.of();

    @Option(
            names = "--modules-to-save",
            split = ",",
            description = "modules to train as a whole, such as lm_head,embed_tokens")
    private List<String> modulesToSave = List.of();

    @Option(names = "--epochs", defaultValue = "1", description = "epochs (${DEFAULT-VALUE})")
    private int epochs;

    @Option(names = "--steps", description = "steps, instead of epochs")
    private @Nullable Integer steps;

    @Option(
            names = "--batch",
            defaultValue = "8",
            description = "rows of a batch (${DEFAULT-VALUE})")
    private int batch;

    @Option(
            names = "--accumulate",
            defaultValue = "1",
            description = "batches of a step (${DEFAULT-VALUE})")
    private int accumulate;

    @Option(
            names = "--max-length",
            defaultValue = "512",
            description = "tokens of a row at most (${DEFAULT-VALUE})")
    private int maxLength;

    @Option(
            names = "--learning-rate",
            defaultValue = "2e-3",
            description = "learning rate (${DEFAULT-VALUE})")
    private double learningRate;

    @Option(
            names = "--held-out",
            defaultValue = "200",
            description = "pairs kept for evaluation (${DEFAULT-VALUE})")
    private int heldOut;

    @Option(
            names = "--samples",
            defaultValue = "3",
            description = "held-out prompts to answer at the end (${DEFAULT-VALUE})")
    private int samples;

    @Option(names = "--seed", defaultValue = "0", description = "seed (${DEFAULT-VALUE})")
    private long seed;

    @Option(names = "--resume", description = "go on from the last checkpoint in --out")
    private boolean resume;

    private FineTune() {}

    /** Runs the command; see {@code --help}. */
    public static void main(String[] args) {
        Program.run(new FineTune(), args);
    }

    @Override
    public Integer call() {
        List<PromptCompletion> pairs = read();
        if (pairs.size() <= heldOut) {
            throw new PeftException(
                    data
                            + " has "
                            + pairs.size()
                            + " pairs, of which --held-out would keep "
                            + heldOut
                            + ". Give more pairs, or a smaller --held-out.");
        }
        Path checkpoint = base == null ? TinyBase.copyTo(out.resolve("base")) : base;
        LoadOptions options = LoadOptions.defaults().withDtype(dtype());
        try (BaseModel frozen = Checkpoints.open(checkpoint, options);
                Tokenizer tokenizer = Tokenizer.open(checkpoint);
                PeftModel model = PeftModel.of(frozen)) {
            model.add("default", lora(), seed);
            System.out.println(model.trainableParameters());
            List<Example> examples = Encoders.of(tokenizer).encodePairs(pairs);
            List<Example> test = examples.subList(0, heldOut);

            Evaluator evaluator = new Evaluator(model, Collator.toLongest(), batch);
            print("before", evaluator.loss(AdapterSelection.none(), test));
            Trainer trainer =
                    Trainer.builder()
                            .setModel(model)
                            .setSelection(ADAPTER)
                            .setExamples(examples.subList(heldOut, examples.size()))
                            .setConfig(training())
                            .build();
            TrainingReport report = resume ? trainer.resume() : trainer.train();
            System.out.printf(
                    Locale.ROOT,
                    "trained %d steps, %,d tokens in %.0f s (%.0f tokens/s)%n",
                    report.steps(),
                    report.tokens(),
                    report.seconds(),
                    report.tokens() / report.seconds());
            print("after", evaluator.loss(ADAPTER, test));

            model.save("default", out.resolve("adapter"));
            LossChart.write(
                    report.losses(), "LoRA on " + data.getFileName(), out.resolve("loss.png"));
            System.out.println("adapter saved to " + out.resolve("adapter"));
            answer(model, tokenizer, pairs);
        }
        return 0;
    }

    private List<PromptCompletion> read() {
        String name = String.valueOf(data.getFileName()).toLowerCase(Locale.ROOT);
        if (name.endsWith(".jsonl")) {
            return JsonLines.readPairs(data);
        }
        if (name.endsWith(".tsv")) {
            return DelimitedFile.tsv(data).readPairs(0, 1);
        }
        if (name.endsWith(".csv")) {
            return DelimitedFile.csv(data).readPairs("prompt", "completion");
        }
        return TextLines.readPairs(data, "||");
    }

    private @Nullable DType dtype() {
        if (dtype == null) {
            return base == null ? DType.FLOAT32 : null;
        }
        String name = dtype;
        return DType.fromConfigName(name)
                .orElseThrow(
                        () ->
                                new PeftException(
                                        "--dtype must be float32 or bfloat16 but is "
                                                + name
                                                + "."));
    }

    private LoraConfig lora() {
        LoraConfigBuilder config =
                LoraConfig.builder()
                        .rank(rank)
                        .alpha(2 * rank)
                        .modulesToSave(modulesToSave.toArray(new String[0]));
        return (targets.isEmpty()
                        ? config.targetAllLinear()
                        : config.targetModules(targets.toArray(new String[0])))
                .build();
    }

    private TrainingConfig training() {
        TrainingConfigBuilder config =
                TrainingConfig.builder()
                        .batchSize(batch)
                        .gradientAccumulation(accumulate)
                        .maxLength(maxLength)
                        .learningRate(learningRate)
                        .schedule(Schedule.COSINE)
                        .warmupRatio(0.05)
                        .checkpointDirectory(out.resolve("checkpoints"))
                        .checkpointEverySteps(200)
                        .keepCheckpoints(2)
                        .seed(seed);
        return (steps == null ? config.epochs(epochs) : config.maxSteps(steps)).build();
    }

    private static void print(String when, Evaluation evaluation) {
        System.out.printf(
                Locale.ROOT,
                "held-out loss %s: %.4f (perplexity %.2f)%n",
                when,
                evaluation.loss(),
                evaluation.perplexity());
    }

    private void answer(PeftModel model, Tokenizer tokenizer, List<PromptCompletion> pairs) {
        Generator generator = Generator.greedy(model, GenerationConfig.of(160, tokenizer));
        for (PromptCompletion pair : pairs.subList(0, samples)) {
            long[] prompt = Encoders.prompt(tokenizer, pair.prompt());
            String said = tokenizer.decode(generator.generate(ADAPTER, prompt), true);
            System.out.printf(
                    "%n  prompt    %s%n  wanted    %s%n  generated %s%n",
                    pair.prompt(), pair.completion(), said);
        }
    }
}
