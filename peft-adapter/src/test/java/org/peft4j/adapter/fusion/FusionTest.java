package org.peft4j.adapter.fusion;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.peft4j.adapter.Bases;
import org.peft4j.adapter.bottleneck.BottleneckConfig;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TaskType;
import org.peft4j.fixtures.AdapterFixture;
import org.peft4j.fixtures.Tensors;

/** A fusion holds its members, and says what it cannot fuse. */
final class FusionTest {

    private BaseModel base;
    private PeftModel model;

    @SuppressWarnings("NullAway.Init") // opened before each test
    FusionTest() {}

    @BeforeEach
    void open() {
        base = Bases.open("gpt2", TaskType.CAUSAL_LM);
        model = PeftModel.of(base);
        model.add("one", BottleneckConfig.pfeiffer().reductionFactor(8).build(), 1);
        model.add("two", BottleneckConfig.pfeiffer().reductionFactor(4).build(), 2);
    }

    @AfterEach
    void close() {
        model.close();
        base.close();
    }

    private float[] logits(String name) {
        return Tensors.logits(
                model,
                AdapterSelection.of(name),
                new AdapterFixture("bn-gpt2-houlsby").batch(base));
    }

    @Test
    void membersThatAreDeletedGoOnActing() {
        model.add("fused", FusionConfig.dynamic("one", "two"));
        float[] before = logits("fused");
        model.delete("one");
        model.add("one", BottleneckConfig.pfeiffer().reductionFactor(8).build(), 9);
        assertArrayEquals(before, logits("fused"));
    }

    @Test
    void theLastHolderFreesTheMembers() {
        long open = base.door().openTensors();
        model.add("three", BottleneckConfig.pfeiffer().reductionFactor(8).build(), 1);
        model.add("fused", FusionConfig.dynamic("one", "three"));
        model.delete("three");
        model.delete("fused");
        assertEquals(open, base.door().openTensors());
    }

    @Test
    void aMemberThatIsNotThereIsNamed() {
        long open = base.door().openTensors();
        PeftException refusal =
                assertThrows(
                        PeftException.class,
                        () -> model.add("fused", FusionConfig.dynamic("one", "twoo")));
        assertTrue(String.valueOf(refusal.getMessage()).contains("twoo"), refusal::toString);
        assertEquals(open, base.door().openTensors());
    }

    @Test
    void membersMustActAtTheSamePlaces() {
        model.add("three", BottleneckConfig.houlsby().reductionFactor(8).build());
        long open = base.door().openTensors();
        PeftException refusal =
                assertThrows(
                        PeftException.class,
                        () -> model.add("fused", FusionConfig.fixed("one", "three")));
        assertTrue(String.valueOf(refusal.getMessage()).contains("same places"), refusal::toString);
        assertEquals(open, base.door().openTensors());
    }
}
