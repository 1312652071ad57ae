package org.peft4j.transformers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.ops.Tensor;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.Golden;
import org.peft4j.transformers.generation.GenerationConfig;
import org.peft4j.transformers.generation.Generator;

/** Nothing is left over, and threads do not disturb each other. */
final class ResourcesTest {

    @Test
    void leavesNoTensorBehind() {
        Golden golden = Fixtures.golden("bases/qwen2-window");
        TokenBatch labelled = Fixtures.golden("adapters/llama-plain").batch("");
        try (BaseModel base = Checkpoints.open(Fixtures.base("llama"));
                BaseModel windowed = Checkpoints.open(Fixtures.base("qwen2-window"));
                PeftModel model = PeftModel.of(base);
                PeftModel windowedModel = PeftModel.of(windowed)) {
            model.add(
                    "norm",
                    new ProbeMethod.ProbeConfig(List.of(), List.of(), List.of("model.norm")));
            long open = 0;
            long openWindowed = 0;
            for (int i = 0; i < 101; i++) {
                windowedModel.logits(AdapterSelection.none(), golden.batch("left.")).close();
                model.loss(AdapterSelection.none(), labelled);
                model.accumulateGradients(AdapterSelection.of("norm"), labelled, 1.0 / (i + 1), i);
                Generator.greedy(windowedModel, GenerationConfig.of(3))
                        .generate(AdapterSelection.none(), new long[] {1, 2, 3});
                if (i == 0) {
                    open = base.door().openTensors();
                    openWindowed = windowed.door().openTensors();
                }
            }
            assertEquals(open, base.door().openTensors());
            assertEquals(openWindowed, windowed.door().openTensors());
        }
    }

    @Test
    void fourThreadsComputeWhatOneDoes() throws Exception {
        Golden golden = Fixtures.golden("bases/llama-tied-scaled");
        List<String> batches = List.of("", "left.");
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (BaseModel base = Checkpoints.open(Fixtures.base("llama-tied-scaled"));
                PeftModel model = PeftModel.of(base)) {
            List<float[]> alone =
                    batches.stream().map(b -> logits(model, golden.batch(b))).toList();
            List<Future<float[]>> results = new ArrayList<>();
            for (int i = 0; i < 80; i++) {
                TokenBatch batch = golden.batch(batches.get(i % 2));
                results.add(threads.submit(() -> logits(model, batch)));
            }
            for (int i = 0; i < results.size(); i++) {
                assertArrayEquals(alone.get(i % 2), results.get(i).get());
            }
        } finally {
            threads.shutdown();
        }
    }

    private static float[] logits(PeftModel model, TokenBatch batch) {
        try (Tensor logits = model.logits(AdapterSelection.none(), batch)) {
            return logits.toFloats();
        }
    }
}
