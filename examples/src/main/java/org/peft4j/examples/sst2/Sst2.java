package org.peft4j.examples.sst2;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TrainableReport;
import org.peft4j.core.ops.DType;
import org.peft4j.examples.LossChart;
import org.peft4j.examples.PeakMemory;
import org.peft4j.examples.Program;
import org.peft4j.train.TrainingConfig;
import org.peft4j.train.TrainingConfigBuilder;
import org.peft4j.train.TrainingReport;
import org.peft4j.train.data.BatchOrder;
import org.peft4j.train.data.Collator;
import org.peft4j.train.data.Example;
import org.peft4j.train.metrics.Classification;
import org.peft4j.train.metrics.Evaluator;
import org.peft4j.train.optim.Schedule;
import org.peft4j.transformers.Checkpoints;
import org.peft4j.transformers.HeadOptions;
import org.peft4j.transformers.LoadOptions;
import org.peft4j.transformers.text.Tokenizer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Trains an encoder to tell good reviews from bad ones, with any {@linkplain Recipes method} and a
 * fresh classification head, and saves the adapter as Python's {@code peft} would. The last line it
 * prints is a JSON object.
 */
@Command(
        name = "sst2",
        mixinStandardHelpOptions = true,
        description = "A method and a classification head on any encoder, on SST-2.")
public final class Sst2 implements Callable<Integer> {

    private static final double WARMUP = 0.06;
    private static final int FREQUENT_TOKENS = 500;

    @Option(
            names = "--data",
            required = true,
            description = "a directory with train.tsv and dev.tsv: a sentence, a tab, 0 or 1")
    private Path data = Path.of("");

    @Option(names = "--base", required = true, description = "an encoder's checkpoint directory")
    private Path base = Path.of("");

    @Option(
            names = "--out",
            defaultValue = "out/sst2",
            description = "where adapter, checkpoints and chart go (${DEFAULT-VALUE})")
    private Path out = Path.of("");

    @Option(
            names = "--method",
            defaultValue = "lora",
            description = "one of: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE})",
            completionCandidates = Recipes.Names.class)
    private String method = "lora";

    @Mixin private RecipeOptions options = new RecipeOptions();

    @Option(names = "--epochs", defaultValue = "3", description = "epochs (${DEFAULT-VALUE})")
    private int epochs;

    @Option(
            names = "--batch",
            defaultValue = "32",
            description = "sentences of a batch (${DEFAULT-VALUE})")
    private int batch;

    @Option(names = "--learning-rate", description = "learning rate; without, the method's own")
    private @Nullable Double learningRate;

    @Option(
            names = "--order",
            defaultValue = "SHUFFLED",
            description = "${COMPLETION-CANDIDATES} (${DEFAULT-VALUE})")
    private BatchOrder order = BatchOrder.SHUFFLED;

    @Option(
            names = "--max-length",
            defaultValue = "128",
            description = "tokens of a sentence at most (${DEFAULT-VALUE})")
    private int maxLength;

    @Option(names = "--threads", description = "libtorch's threads; without, as many as cores")
    private int threads;

    @Option(names = "--seed", defaultValue = "0", description = "seed (${DEFAULT-VALUE})")
    private long seed;

    @Option(names = "--resume", description = "go on from the last checkpoint in --out")
    private boolean resume;

    private Sst2() {}

    /** Runs the command; see {@code --help}. */
    public static void main(String[] args) {
        Program.run(new Sst2(), args);
    }

    @Override
    public Integer call() throws IOException {
        if (threads > 0) {
            System.setProperty("ai.djl.pytorch.num_threads", String.valueOf(threads));
        }
        HeadOptions head = HeadOptions.sequenceClassification(SentimentData.CLASSES).withSeed(seed);
        LoadOptions load = LoadOptions.defaults().withDtype(DType.FLOAT32).withHead(head);
        try (BaseModel frozen = Checkpoints.open(base, load);
                Tokenizer tokenizer = Tokenizer.open(base);
                PeftModel model = PeftModel.of(frozen)) {
            List<Example> train = read("train.tsv", tokenizer);
            List<Example> dev = read("dev.tsv", tokenizer);
            options.frequentTokens = SentimentData.frequentTokens(train, FREQUENT_TOKENS);
            Recipe recipe = Recipes.of(method, options);
            Collator collator = new Collator(tokenizer.padId(), 1);
            Stages stages = new Stages(model, collator, this::training, out, resume);
            double seconds = stages.trainMembers(recipe, train, seed);
            AdapterSelection selection = recipe.addTo(model, seed);
            TrainableReport trainable = model.trainableParameters();
            System.out.println(trainable);
            TrainingReport report = stages.train(selection, train);
            if (!report.isComplete()) {
                System.out.printf("stopped after step %d; --resume goes on%n", report.steps());
                return 1;
            }
            recipe.save(model, stages.adapters());
            LossChart.write(report.losses(), method + " on SST-2", out.resolve("loss.png"));
            Classification result =
                    new Evaluator(model, collator, batch).classification(selection, dev);
            print(trainable, report, seconds + report.seconds(), stages.savedBytes(), result);
        }
        return 0;
    }

    private List<Example> read(String name, Tokenizer tokenizer) {
        return SentimentData.read(data.resolve(name), tokenizer, maxLength);
    }

    private TrainingConfigBuilder training() {
        return TrainingConfig.builder()
                .epochs(epochs)
                .batchSize(batch)
                .maxLength(maxLength)
                .learningRate(learningRate == null ? Recipes.learningRate(method) : learningRate)
                .order(order)
                .schedule(Schedule.LINEAR)
                .warmupRatio(WARMUP)
                .checkpointEverySteps(100)
                .keepCheckpoints(2)
                .seed(seed);
    }

    private static void print(
            TrainableReport trainable,
            TrainingReport report,
            double seconds,
            long bytes,
            Classification result)
            throws IOException {
        double memory = PeakMemory.mebibytes();
        System.out.printf(
                Locale.ROOT,
                "trained %d steps in %.1f s; peak memory %,.0f MiB%n"
                        + "dev: %d of %d right (%.2f %%), F1 %.4f, Matthews %.4f%n",
                report.steps(),
                seconds,
                memory,
                result.right(),
                result.count(),
                100 * result.accuracy(),
                result.f1(1),
                result.matthews());
        JsonObject json = new JsonObject();
        json.addProperty("trainable_parameters", trainable.trainable());
        json.addProperty("all_parameters", trainable.all());
        json.addProperty("file_bytes", bytes);
        json.addProperty("train_s", seconds);
        json.addProperty("peak_rss_mib", memory);
        json.addProperty("dev_accuracy", result.accuracy());
        json.addProperty("last_loss", report.lastLoss());
        System.out.println(json);
    }
}
