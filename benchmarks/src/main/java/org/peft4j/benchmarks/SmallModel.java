package org.peft4j.benchmarks;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.peft4j.core.Adapter;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.Parameter;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.ops.DType;
import org.peft4j.lora.LoraConfig;
import org.peft4j.train.ProgressBarMode;
import org.peft4j.train.StepMetrics;
import org.peft4j.train.Trainer;
import org.peft4j.train.TrainingConfig;
import org.peft4j.train.TrainingListener;
import org.peft4j.train.data.Collator;
import org.peft4j.train.data.Example;
import org.peft4j.train.optim.Schedule;
import org.peft4j.transformers.Checkpoints;

/** A random base that is quick, with LoRA adapters, and what is done with it over and over. */
record SmallModel(BaseModel base, PeftModel model) implements AutoCloseable {

    static final AdapterSelection TASK = AdapterSelection.of("task");

    private static final int VOCABULARY = 500;

    /** Writes the base. */
    static void write(Path directory) {
        RandomLlama llama = new RandomLlama();
        llama.hidden = 64;
        llama.intermediate = 176;
        llama.layers = 2;
        llama.heads = 4;
        llama.keyValueHeads = 2;
        llama.vocabulary = VOCABULARY;
        llama.write(directory, DType.FLOAT32);
    }

    /** Opens it with a fresh adapter. */
    static SmallModel open(Path directory) {
        BaseModel base = Checkpoints.open(directory);
        PeftModel model = PeftModel.of(base);
        model.add("task", lora(), 1);
        return new SmallModel(base, model);
    }

    static LoraConfig lora() {
        return LoraConfig.builder().rank(4).dropout(0.1).targetModules("q_proj", "v_proj").build();
    }

    static TokenBatch batch() {
        return Collator.toLongest().collate(examples(4));
    }

    private static List<Example> examples(int count) {
        Random random = new Random(7);
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            examples.add(
                    Example.ofCompletion(
                            random.longs(4, 3, VOCABULARY).toArray(),
                            random.longs(8, 3, VOCABULARY).toArray()));
        }
        return examples;
    }

    /** A training of the adapter that keeps a checkpoint of each step. */
    Trainer trainer(Path checkpoints, int steps, Runnable afterStep) {
        return Trainer.builder()
                .setModel(model)
                .setSelection(TASK)
                .setExamples(examples(16))
                .setConfig(
                        TrainingConfig.builder()
                                .batchSize(4)
                                .learningRate(1e-3)
                                .schedule(Schedule.CONSTANT)
                                .maxSteps(steps)
                                .checkpointEverySteps(1)
                                .checkpointDirectory(checkpoints)
                                .progressBar(ProgressBarMode.OFF)
                                .build())
                .addListener(
                        new TrainingListener() {
                            @Override
                            public void onStep(StepMetrics metrics) {
                                afterStep.run();
                            }
                        })
                .build();
    }

    /** Returns a fingerprint of every bit of an adapter's parameters. */
    static String fingerprint(Adapter adapter) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Parameter parameter : adapter.parameters()) {
                digest.update(parameter.key().getBytes(StandardCharsets.UTF_8));
                for (float value : parameter.value().toFloats()) {
                    int bits = Float.floatToRawIntBits(value);
                    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
                        digest.update((byte) (bits >>> shift));
                    }
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        model.close();
        base.close();
    }
}
