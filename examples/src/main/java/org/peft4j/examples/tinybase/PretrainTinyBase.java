package org.peft4j.examples.tinybase;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.peft4j.adapter.selective.SelectiveConfig;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftModel;
import org.peft4j.core.files.AtomicFiles;
import org.peft4j.core.files.FileBody;
import org.peft4j.core.files.PythonJson;
import org.peft4j.core.ops.DType;
import org.peft4j.examples.Encoders;
import org.peft4j.train.ProgressBarMode;
import org.peft4j.train.Trainer;
import org.peft4j.train.TrainingConfig;
import org.peft4j.train.TrainingReport;
import org.peft4j.train.data.Example;
import org.peft4j.train.metrics.Evaluation;
import org.peft4j.train.optim.Schedule;
import org.peft4j.transformers.Checkpoints;
import org.peft4j.transformers.LoadOptions;
import org.peft4j.transformers.families.llama.LlamaInitializer;
import org.peft4j.transformers.text.Tokenizer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Pretrains the tiny Llama-architecture base that the project ships: a language model of short
 * texts about orders in a shop. Everything follows from seeds.
 */
@Command(
        name = "pretrain-tiny-base",
        mixinStandardHelpOptions = true,
        description = "Makes the tiny base of the quickstart: tokenizer, config and weights.")
public final class PretrainTinyBase implements Callable<Integer> {

    private static final int VOCABULARY = 1_024;
    private static final int PARAGRAPHS = 100_000;
    private static final int HELD_OUT = 500;

    @Option(names = "--out", required = true, description = "where to write the checkpoint")
    private Path out = Path.of("");

    @Option(
            names = "--steps",
            defaultValue = "1500",
            description = "training steps (${DEFAULT-VALUE})")
    private int steps;

    private PretrainTinyBase() {}

    /** Runs the command; see {@code --help}. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new PretrainTinyBase()).execute(args));
    }

    @Override
    public Integer call() throws IOException {
        List<String> text = OrderText.paragraphs(PARAGRAPHS, 1);
        Path fresh = Files.createTempDirectory("tiny-base");
        writeTokenizer(fresh, text.subList(0, PARAGRAPHS / 20));
        LlamaInitializer.write(fresh, config(), DType.BFLOAT16, 2);

        // trained in float32, written back as the bfloat16 that the fresh checkpoint has
        LoadOptions options = LoadOptions.defaults().withDtype(DType.FLOAT32);
        try (BaseModel base = Checkpoints.open(fresh, options);
                PeftModel model = PeftModel.of(base);
                Tokenizer tokenizer = Tokenizer.open(fresh)) {
            model.add("pretraining", SelectiveConfig.fullFineTuning(), 3);
            System.out.println(model.trainableParameters());
            List<Example> examples = Encoders.of(tokenizer).encodeTexts(text);
            TrainingReport report =
                    Trainer.builder()
                            .setModel(model)
                            .setSelection(AdapterSelection.of("pretraining"))
                            .setExamples(examples.subList(HELD_OUT, examples.size()))
                            .optEvaluation(examples.subList(0, HELD_OUT))
                            .setConfig(training())
                            .build()
                            .train();
            Evaluation last = report.evaluations().get(report.evaluations().lastKey());
            System.out.printf(
                    "held-out perplexity %.3f after %d steps in %.0f s%n",
                    last == null ? Double.NaN : last.perplexity(),
                    report.steps(),
                    report.seconds());
            model.writeMerged(out, "pretraining");
        }
        return 0;
    }

    private TrainingConfig training() {
        return TrainingConfig.builder()
                .maxSteps(steps)
                .batchSize(32)
                .learningRate(2e-3)
                .weightDecay(0.01)
                .schedule(Schedule.COSINE)
                .warmupSteps(200)
                .seed(4)
                .evaluateEverySteps(500)
                .logEverySteps(100)
                .progressBar(ProgressBarMode.AUTO)
                .build();
    }

    private static JsonObject config() {
        JsonObject config = new JsonObject();
        JsonArray architectures = new JsonArray();
        architectures.add("LlamaForCausalLM");
        config.add("architectures", architectures);
        config.addProperty("model_type", "llama");
        config.addProperty("vocab_size", VOCABULARY);
        config.addProperty("hidden_size", 128);
        config.addProperty("intermediate_size", 384);
        config.addProperty("num_hidden_layers", 4);
        config.addProperty("num_attention_heads", 4);
        config.addProperty("num_key_value_heads", 2);
        config.addProperty("hidden_act", "silu");
        config.addProperty("max_position_embeddings", 1024);
        config.addProperty("rms_norm_eps", 1e-5);
        config.addProperty("rope_theta", 10000.0);
        config.addProperty("initializer_range", 0.05);
        config.addProperty("tie_word_embeddings", false);
        config.addProperty("pad_token_id", 0);
        config.addProperty("bos_token_id", 1);
        config.addProperty("eos_token_id", 2);
        return config;
    }

    private static void writeTokenizer(Path directory, List<String> text) {
        BytePairTokenizer tokenizer = BytePairTokenizer.learn(text, VOCABULARY);
        AtomicFiles.writeFile(directory.resolve("tokenizer.json"), FileBody.of(tokenizer.json()));
        JsonObject config = new JsonObject();
        config.addProperty("tokenizer_class", "PreTrainedTokenizerFast");
        config.addProperty("bos_token", BytePairTokenizer.START);
        config.addProperty("eos_token", BytePairTokenizer.END);
        config.addProperty("pad_token", BytePairTokenizer.PADDING);
        AtomicFiles.writeFile(
                directory.resolve("tokenizer_config.json"),
                FileBody.of(PythonJson.dumps(config) + "\n"));
    }
}
