package org.peft4j.lora;

import java.nio.file.Path;
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
            List.of(
                    "llama-plain",
                    "llama-regex",
                    "llama-patterns",
                    "llama-layers",
                    "llama-all-linear");

    @Test
    void configs() {
        fuzz("adapter_config.json", 60);
    }

    @Test
    void weights() {
        fuzz("adapter_model.safetensors", 60);
    }

    private static void fuzz(String file, int cases) {
        try (BaseModel base = Bases.open("llama")) {
            Fuzz.run(
                    file,
                    cases,
                    (random, directory) -> {
                        String name = ADAPTERS.get(random.nextInt(ADAPTERS.size()));
                        Fixtures.copy(Fixtures.adapter(name), directory);
                        Mutations.damage(random, directory, List.of(file));
                        try (PeftModel model = PeftModel.of(base)) {
                            use(model, directory, random.nextBoolean());
                        }
                    });
        }
    }

    private static void use(PeftModel model, Path directory, boolean trainable) {
        if (trainable) {
            model.loadTrainable("a", directory);
        } else {
            model.load("a", directory);
        }
        model.logits(AdapterSelection.of("a"), TokenBatch.of(new long[] {1, 2, 3})).close();
    }
}
