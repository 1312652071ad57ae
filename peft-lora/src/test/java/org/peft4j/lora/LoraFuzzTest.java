package org.peft4j.lora;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TokenBatch;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.fuzz.Fuzz;
import org.peft4j.fixtures.fuzz.Mutations;

/** Damaged LoRA adapters are read, or refused in a sentence. */
class LoraFuzzTest {

    private static final List<String> ADAPTERS =
            List.of("llama-plain", "llama-regex", "llama-patterns", "llama-layers", "llama-all-linear");

    @Test
    void configs() {
        Fuzz.run(
                "adapter_config.json",
                60,
                (random, directory) -> {
                    String name = ADAPTERS.get(random.nextInt(ADAPTERS.size()));
                    Fixtures.copy(Fixtures.adapter(name), directory);
                    Mutations.damage(random, directory, List.of("adapter_config.json"));
                    try (BaseModel base = Bases.open("llama");
                            PeftModel model = PeftModel.of(base)) {
                        if (random.nextBoolean()) {
                            model.load("a", directory);
                        } else {
                            model.loadTrainable("a", directory);
                        }
                        model.logits(AdapterSelection.of("a"), TokenBatch.of(new long[] {1, 2, 3}))
                                .close();
                    }
                });
    }

    @Test
    void weights() {
        Fuzz.run(
                "adapter_model.safetensors",
                60,
                (random, directory) -> {
                    String name = ADAPTERS.get(random.nextInt(ADAPTERS.size()));
                    Fixtures.copy(Fixtures.adapter(name), directory);
                    Mutations.damage(random, directory, List.of("adapter_model.safetensors"));
                    try (BaseModel base = Bases.open("llama");
                            PeftModel model = PeftModel.of(base)) {
                        if (random.nextBoolean()) {
                            model.load("a", directory);
                        } else {
                            model.loadTrainable("a", directory);
                        }
                        model.logits(AdapterSelection.of("a"), TokenBatch.of(new long[] {1, 2, 3}))
                                .close();
                    }
                });
    }
}
