package org.peft4j.adapter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.peft4j.adapter.bottleneck.BottleneckConfig;
import org.peft4j.adapter.bottleneck.ReductionFactor;
import org.peft4j.core.BaseModel;
import org.peft4j.core.Parameter;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TaskType;
import org.peft4j.core.TokenBatch;
import org.peft4j.fixtures.AdapterFixture;
import org.peft4j.fixtures.Tensors;

/** The parts of a union learn together and are kept together. */
final class UnionTest {

    private static Map<String, PeftConfig> parts() {
        Map<String, PeftConfig> parts = new LinkedHashMap<>();
        parts.put("beside", BottleneckConfig.scaledParallel().reductionFactor(4).build());
        parts.put("behind", BottleneckConfig.houlsby().reductionFactor(8).useGating(true).build());
        return parts;
    }

    @Test
    void partsLearnTogetherAndAreKept(@TempDir Path directory) {
        try (BaseModel base = Bases.open("llama", TaskType.CAUSAL_LM);
                PeftModel model = PeftModel.of(base)) {
            TokenBatch batch = new AdapterFixture("bn-llama-houlsby").batch(base);
            Union union = Union.add(model, "both", parts(), 1);
            assertEquals(List.of("both.beside", "both.behind"), union.selection().stack());
            for (String part : union.parts()) {
                Tensors.addNoise(base.door(), model.adapter(union.adapter(part)), 0.1, 3);
            }
            model.accumulateGradients(union.selection(), batch, 1, 0);
            for (String part : union.parts()) {
                for (Parameter parameter : model.adapter(union.adapter(part)).parameters()) {
                    assertTrue(parameter.gradient() != null, parameter::key);
                }
            }
            float[] before = Tensors.logits(model, union.selection(), batch);
            union.save(model, directory);
            union.delete(model);
            assertEquals(Set.of(), model.adapterNames());
            Union loaded = Union.load(model, "again", directory, "beside", "behind");
            assertArrayEquals(before, Tensors.logits(model, loaded.selection(), batch));
            Union turned = Union.load(model, "turned", directory, "behind", "beside");
            assertFalse(
                    Arrays.equals(before, Tensors.logits(model, turned.selection(), batch)),
                    "parts act in their order");
        }
    }

    @Test
    void theLastPartHasTheHead(@TempDir Path directory) {
        AdapterFixture fixture = new AdapterFixture("bn-bert-houlsby");
        try (BaseModel base = Bases.open(fixture);
                PeftModel model = PeftModel.of(base)) {
            Union union = Union.add(model, "both", parts(), 1);
            assertEquals(0, heads(model, "both.beside"));
            assertTrue(heads(model, "both.behind") > 0);
            Tensors.addNoise(base.door(), model.adapter("both.behind"), 0.1, 3);
            float[] before = Tensors.logits(model, union.selection(), fixture.batch(base));
            union.save(model, directory);
            Union loaded = Union.load(model, "again", directory, "beside", "behind");
            assertArrayEquals(
                    before, Tensors.logits(model, loaded.selection(), fixture.batch(base)));
        }
    }

    private static long heads(PeftModel model, String adapter) {
        return model.adapter(adapter).parameters().stream()
                .filter(parameter -> parameter.key().contains("classifier"))
                .count();
    }

    @Test
    void allPartsOrNone() {
        try (BaseModel base = Bases.open("llama", TaskType.CAUSAL_LM);
                PeftModel model = PeftModel.of(base)) {
            Map<String, PeftConfig> parts = parts();
            ReductionFactor unknownLayer = new ReductionFactor(4.0, Map.of(99, 2.0));
            parts.put("wrong", BottleneckConfig.houlsby().reductionFactor(unknownLayer).build());
            long open = base.door().openTensors();
            assertThrows(PeftException.class, () -> Union.add(model, "all", parts, 0));
            assertEquals(Set.of(), model.adapterNames());
            assertEquals(open, base.door().openTensors());
        }
    }
}
