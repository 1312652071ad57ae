package org.peft4j.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.peft4j.adapter.bottleneck.BottleneckConfig;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TokenBatch;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.PlainTraining;
import org.peft4j.fixtures.Tensors;
import org.peft4j.lora.LoraConfig;
import org.peft4j.prompt.PromptInitialization;
import org.peft4j.prompt.PromptTuningConfig;
import org.peft4j.prompt.prefix.PrefixTuningConfig;
import org.peft4j.transformers.Checkpoints;
import org.peft4j.transformers.HeadOptions;
import org.peft4j.transformers.LoadOptions;

/**
 * Three tasks by four methods on one base: chosen per request, from several threads and per row of
 * a batch, each adapter answers as it does alone.
 */
final class SwitchingTest {

    private static final int ROWS = 32;
    private static final int LENGTH = 6;
    private static final int STEPS = 40;
    private static final int THREADS = 4;
    private static final int REQUESTS = 120;

    /** A sentence belongs to class 1 if it holds the task's word. */
    private static final Map<String, Long> TASKS =
            new LinkedHashMap<>(Map.of("red", 11L, "green", 12L, "blue", 13L));

    private static Map<String, PeftConfig> methods() {
        return Map.of(
                "prompt",
                        PromptTuningConfig.builder()
                                .virtualTokens(4)
                                .initialization(PromptInitialization.sampledVocabulary())
                                .build(),
                "prefix", PrefixTuningConfig.builder().virtualTokens(4).build(),
                "bottleneck", BottleneckConfig.pfeiffer().build(),
                "lora", LoraConfig.builder().rank(4).targetAllLinear().build());
    }

    /** Half of the sentences of each task hold its word, whatever the other tasks' say. */
    private static TokenBatch sentences(long word) {
        Random random = new Random(5);
        long[][] rows = new long[ROWS][LENGTH];
        long[] labels = new long[ROWS];
        for (int i = 0; i < ROWS; i++) {
            for (int j = 0; j < LENGTH; j++) {
                rows[i][j] = 20L + random.nextInt(40);
            }
            for (long other : TASKS.values()) {
                int place = random.nextInt(LENGTH);
                if (random.nextBoolean()) {
                    rows[i][place] = other;
                }
            }
            for (long id : rows[i]) {
                labels[i] |= id == word ? 1 : 0;
            }
        }
        return TokenBatch.of(rows).withLabels(labels);
    }

    @Test
    void everyAdapterAnswersAsAloneWhoeverElseIsAsked()
            throws InterruptedException, ExecutionException {
        LoadOptions options =
                LoadOptions.defaults()
                        .withName("bert")
                        .withHead(HeadOptions.sequenceClassification("no", "yes"));
        try (BaseModel base = Checkpoints.open(Fixtures.base("bert"), options);
                PeftModel model = PeftModel.of(base)) {
            Map<String, TokenBatch> data = new LinkedHashMap<>();
            TASKS.forEach((task, word) -> data.put(task, sentences(word)));
            Map<String, float[]> alone = train(model, data);
            inTurn(model, data, alone);
            perRow(model, data, alone);
        }
    }

    private static Map<String, float[]> train(PeftModel model, Map<String, TokenBatch> data) {
        Map<String, float[]> alone = new LinkedHashMap<>();
        for (Map.Entry<String, PeftConfig> method : methods().entrySet()) {
            data.forEach(
                    (task, batch) -> {
                        String name = method.getKey() + "." + task;
                        model.add(name, method.getValue(), 1);
                        AdapterSelection selection = AdapterSelection.of(name);
                        double before = model.loss(selection, batch).mean();
                        try (PlainTraining training = new PlainTraining(model, name, 1e-2)) {
                            for (int i = 0; i < STEPS; i++) {
                                training.step(batch);
                            }
                        }
                        double after = model.loss(selection, batch).mean();
                        assertTrue(after < 0.9 * before, name + ": " + before + " to " + after);
                        alone.put(name, Tensors.logits(model, selection, batch));
                    });
        }
        return alone;
    }

    private static String task(String name) {
        return name.substring(name.indexOf('.') + 1);
    }

    /** Requests of all adapters in a random order, from several threads. */
    private static void inTurn(
            PeftModel model, Map<String, TokenBatch> data, Map<String, float[]> alone)
            throws InterruptedException, ExecutionException {
        List<String> names = List.copyOf(alone.keySet());
        Random random = new Random(7);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<String> asked = new ArrayList<>();
            List<Future<float[]>> answers = new ArrayList<>();
            for (int i = 0; i < REQUESTS; i++) {
                String name = names.get(random.nextInt(names.size()));
                TokenBatch batch = data.getOrDefault(task(name), TokenBatch.of(new long[] {1}));
                asked.add(name);
                answers.add(
                        threads.submit(
                                () -> Tensors.logits(model, AdapterSelection.of(name), batch)));
            }
            for (int i = 0; i < REQUESTS; i++) {
                String name = asked.get(i);
                assertArrayEquals(alone.get(name), answers.get(i).get(), 1e-5f, name);
            }
        } finally {
            threads.shutdown();
        }
    }

    /** One batch whose rows go round the tasks of a method. */
    private static void perRow(
            PeftModel model, Map<String, TokenBatch> data, Map<String, float[]> alone) {
        List<String> tasks = List.copyOf(data.keySet());
        TokenBatch batch = data.values().iterator().next();
        for (String method : methods().keySet()) {
            List<AdapterSelection> rows = new ArrayList<>();
            for (int i = 0; i < ROWS; i++) {
                rows.add(AdapterSelection.of(method + "." + tasks.get(i % tasks.size())));
            }
            float[] mixed = Tensors.logits(model, AdapterSelection.perRow(rows), batch);
            for (int i = 0; i < ROWS; i++) {
                // the sentences are the same for every task; only their labels differ
                float[] own = alone.getOrDefault(rows.get(i).stack().get(0), new float[0]);
                for (int j = 2 * i; j < 2 * i + 2; j++) {
                    float difference = Math.abs(own[j] - mixed[j]);
                    assertTrue(difference <= 1e-5, method + ", row " + i + ": " + difference);
                }
            }
        }
    }
}
