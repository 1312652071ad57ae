package org.peft4j.adapter.tokens;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.peft4j.adapter.Bases;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftModel;
import org.peft4j.core.targets.TargetSpec;

/** What the settings of trainable tokens refuse. */
final class TrainableTokensConfigTest {

    @Test
    void idsAreCheckedByThemselvesAndAgainstTheTable() {
        refused("empty", TrainableTokensConfig::new);
        refused("each id once", () -> new TrainableTokensConfig(1, 2, 1));
        try (BaseModel base = Bases.open("llama");
                PeftModel model = PeftModel.of(base)) {
            long before = base.door().openTensors();
            refused("0 to 127", () -> model.add("a", new TrainableTokensConfig(3, 128)));
            refused("0 to 127", () -> model.add("a", new TrainableTokensConfig(-1)));
            TrainableTokensConfig some = new TrainableTokensConfig(3);
            refused("linear", () -> model.add("a", some.withTargetModules("q_proj")));
            refused(
                    "all-linear",
                    () -> model.add("a", some.withTargetModules(new TargetSpec.AllLinear())));
            assertEquals(before, base.door().openTensors());
        }
    }

    private static void refused(String message, Executable action) {
        PeftException refusal = assertThrows(PeftException.class, action);
        assertTrue(String.valueOf(refusal.getMessage()).contains(message), refusal::toString);
    }
}
