package org.peft4j.examples.readme;

import java.nio.file.Path;
import java.util.List;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftModel;
import org.peft4j.lora.LoraConfig;
import org.peft4j.train.Trainer;
import org.peft4j.train.TrainingConfig;
import org.peft4j.train.data.Example;
import org.peft4j.train.data.ExampleEncoder;
import org.peft4j.train.data.JsonLines;
import org.peft4j.transformers.Checkpoints;
import org.peft4j.transformers.text.Tokenizer;

/** The README's example between its two markers; a test holds the README to it. */
public final class Readme {

    private Readme() {}

    /**
     * Trains an adapter, saves it, and merges it into a checkpoint.
     *
     * @param checkpoint a Llama, Mistral or Qwen2 checkpoint directory
     * @param pairs lines of {"prompt": …, "completion": …}
     * @param out where the adapter and the merged checkpoint go
     */
    public static void fineTune(Path checkpoint, Path pairs, Path out) {
        // README
        try (BaseModel base = Checkpoints.open(checkpoint);
                Tokenizer tokenizer = Tokenizer.open(checkpoint);
                PeftModel model = PeftModel.of(base)) {
            model.add(
                    "support",
                    LoraConfig.builder().rank(8).targetModules("q_proj", "v_proj").build());
            ExampleEncoder encoder =
                    ExampleEncoder.of(
                            text -> tokenizer.encode(text, false),
                            tokenizer.special().end().orElseThrow());
            List<Example> examples = encoder.encodePairs(JsonLines.readPairs(pairs));
            TrainingConfig config =
                    TrainingConfig.builder().epochs(3).batchSize(8).learningRate(2e-4).build();
            Trainer.builder()
                    .setModel(model)
                    .setSelection(AdapterSelection.of("support"))
                    .setExamples(examples)
                    .setConfig(config)
                    .build()
                    .train();
            model.save("support", out.resolve("adapter")); // Python's peft loads it
            model.writeMerged(out.resolve("merged"), "support"); // transformers opens it
        }
        // README
    }
}
