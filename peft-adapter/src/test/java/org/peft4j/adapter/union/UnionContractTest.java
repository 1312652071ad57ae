package org.peft4j.adapter.union;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.peft4j.adapter.Bases;
import org.peft4j.adapter.Union;
import org.peft4j.adapter.bottleneck.BottleneckConfig;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.Parameter;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TokenBatch;
import org.peft4j.fixtures.Compare;
import org.peft4j.fixtures.ContractBatches;
import org.peft4j.fixtures.FiniteDifferences;
import org.peft4j.fixtures.PlainTraining;
import org.peft4j.fixtures.Tensors;
import org.peft4j.lora.LoraConfig;
import org.peft4j.prompt.prefix.AttentionPrefixConfig;
import org.peft4j.prompt.prefix.AttentionPrefixConfig.Gating;

/** What one adapter promises, MAM and UniPELT promise as a whole. */
final class UnionContractTest {

    private static final AdapterSelection NONE = AdapterSelection.none();

    private final ContractBatches batches = new ContractBatches();

    private static Map<String, PeftConfig> mam() {
        Map<String, PeftConfig> parts = new LinkedHashMap<>();
        parts.put("prefix", AttentionPrefixConfig.builder().length(3).bottleneckSize(5).build());
        parts.put("bottleneck", BottleneckConfig.scaledParallel().reductionFactor(4).build());
        return parts;
    }

    private static Map<String, PeftConfig> uniPelt() {
        Map<String, PeftConfig> parts = new LinkedHashMap<>();
        parts.put(
                "prefix",
                AttentionPrefixConfig.builder().length(2).flat(true).gating(Gating.SHARED).build());
        parts.put(
                "bottleneck",
                BottleneckConfig.pfeiffer()
                        .reductionFactor(4)
                        .nonLinearity("gelu") // without a kink for the differences
                        .useGating(true)
                        .build());
        parts.put("lora", LoraConfig.builder().rank(2).useGating(true).build());
        return parts;
    }

    /** A union away from where it starts. */
    private static Union randomised(
            PeftModel model, String name, Map<String, PeftConfig> parts, long seed) {
        Union union = Union.add(model, name, parts, seed);
        for (String part : union.selection().stack()) {
            Tensors.addNoise(model.base().door(), model.adapter(part), 0.1, seed++);
        }
        return union;
    }

    private float[] logits(PeftModel model, AdapterSelection selection) {
        return Tensors.logits(model, selection, batches.labelled(model.base()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt2", "bert-heads", "t5-gated"})
    void gradientsMatchFiniteDifferences(String name) {
        try (BaseModel base = Bases.forTask(name);
                PeftModel model = PeftModel.of(base)) {
            AdapterSelection union = randomised(model, "u", uniPelt(), 1).selection();
            new FiniteDifferences(model, batches.labelled(base))
                    .check(union, UnionFixture.parameters(model, union).values());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt2", "bert-heads", "t5-gated"})
    void onlyItsOwnParametersLearnAndTheLossFalls(String name) {
        try (BaseModel base = Bases.forTask(name);
                PeftModel model = PeftModel.of(base)) {
            TokenBatch batch = batches.labelled(base);
            AdapterSelection union = Union.add(model, "u", uniPelt(), 1).selection();
            AdapterSelection other = randomised(model, "o", mam(), 2).selection();
            float[] without = logits(model, NONE);
            float[] beside = logits(model, other);
            List<byte[]> frozen = Tensors.frozenBytes(base);
            Map<String, float[]> before = values(model, union);
            double loss = model.loss(union, batch).mean();
            try (PlainTraining training = new PlainTraining(model, union, 1e-2)) {
                for (int i = 0; i < 10; i++) {
                    training.step(batch);
                }
                long open = base.door().openTensors();
                training.step(batch);
                logits(model, union);
                assertEquals(open, base.door().openTensors());
            }
            assertTrue(model.loss(union, batch).mean() < loss);
            Map<String, float[]> after = values(model, union);
            before.forEach((key, value) -> assertFalse(Arrays.equals(value, after.get(key)), key));
            assertArrayEquals(frozen.toArray(), Tensors.frozenBytes(base).toArray());
            assertArrayEquals(without, logits(model, NONE));
            assertArrayEquals(beside, logits(model, other));
        }
    }

    private static Map<String, float[]> values(PeftModel model, AdapterSelection union) {
        Map<String, float[]> values = new HashMap<>();
        for (Map.Entry<String, Parameter> entry :
                UnionFixture.parameters(model, union).entrySet()) {
            values.put(entry.getKey(), entry.getValue().value().toFloats());
        }
        return values;
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt2", "bert-heads", "t5-gated"})
    void savedThenLoadedIsBitEqual(String name, @TempDir Path directory) {
        try (BaseModel base = Bases.forTask(name);
                PeftModel model = PeftModel.of(base)) {
            for (Map<String, PeftConfig> parts : List.of(mam(), uniPelt())) {
                Union union = randomised(model, "u", parts, 1);
                float[] expected = logits(model, union.selection());
                union.save(model, directory);
                union.delete(model);
                assertEquals(Set.of(), model.adapterNames());
                String[] names = union.parts().toArray(String[]::new);
                Union loaded = Union.load(model, "l", directory, names);
                assertArrayEquals(expected, logits(model, loaded.selection()));
                Union trainable = Union.loadTrainable(model, "t", directory, names);
                assertArrayEquals(expected, logits(model, trainable.selection()));
                trainable
                        .selection()
                        .stack()
                        .forEach(part -> assertTrue(model.adapter(part).isTrainable(), part));
                loaded.delete(model);
                trainable.delete(model);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt2", "bert-heads", "t5-gated"})
    void rowsAndThreadsWithDifferentUnionsDoNotDisturbEachOther(String name)
            throws InterruptedException, ExecutionException {
        try (BaseModel base = Bases.forTask(name);
                PeftModel model = PeftModel.of(base)) {
            AdapterSelection mam = randomised(model, "m", mam(), 1).selection();
            AdapterSelection uniPelt = randomised(model, "u", uniPelt(), 2).selection();
            List<AdapterSelection> rows = List.of(mam, NONE, uniPelt, mam);
            List<float[]> alone = rows.stream().map(row -> logits(model, row)).toList();
            float[] mixed = logits(model, AdapterSelection.perRow(rows));
            int width = mixed.length / rows.size();
            for (int row = 0; row < rows.size(); row++) {
                int from = row * width;
                Compare.close(
                        "row " + row,
                        Arrays.copyOfRange(alone.get(row), from, from + width),
                        Arrays.copyOfRange(mixed, from, from + width),
                        1e-5);
            }
            ExecutorService threads = Executors.newFixedThreadPool(rows.size());
            try {
                List<Future<float[]>> together =
                        IntStream.range(0, 4 * rows.size())
                                .mapToObj(i -> rows.get(i % rows.size()))
                                .map(row -> threads.submit(() -> logits(model, row)))
                                .toList();
                for (int i = 0; i < together.size(); i++) {
                    Compare.close(
                            "pass " + i, alone.get(i % rows.size()), together.get(i).get(), 1e-5);
                }
            } finally {
                threads.shutdown();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "bert-heads"})
    void deletingFreesWhatAddingTook(String name) {
        try (BaseModel base = Bases.forTask(name);
                PeftModel model = PeftModel.of(base)) {
            Union.add(model, "u", uniPelt(), 1).delete(model);
            long open = base.door().openTensors();
            Union.add(model, "u", uniPelt(), 1).delete(model);
            assertEquals(open, base.door().openTensors());
        }
    }
}
