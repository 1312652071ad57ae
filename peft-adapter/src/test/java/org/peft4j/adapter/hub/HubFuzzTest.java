package org.peft4j.adapter.hub;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftModel;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.fuzz.Fuzz;
import org.peft4j.fixtures.fuzz.Mutations;
import org.peft4j.transformers.Checkpoints;

/** Damaged files of AdapterHub's library are read, or refused in a sentence. */
class HubFuzzTest {

    private static final List<String> ADAPTERS =
            List.of("bn-llama-pfeiffer", "bn-llama-houlsby", "bn-llama-parallel");

    @Test
    void adapters() {
        try (BaseModel base = Checkpoints.open(Fixtures.base("llama"))) {
            damaged(base);
        }
    }

    private static void damaged(BaseModel base) {
        Fuzz.run(
                "AdapterHub",
                80,
                (random, directory) -> {
                    String name = ADAPTERS.get(random.nextInt(ADAPTERS.size()));
                    Fixtures.copy(Fixtures.hub(name), directory);
                    Mutations.damage(
                            random,
                            directory,
                            List.of(
                                    "adapter_config.json",
                                    "adapter.safetensors",
                                    "head_config.json",
                                    "model_head.safetensors"));
                    try (PeftModel model = PeftModel.of(base)) {
                        model.load("a", directory, new AdapterHub());
                    }
                });
    }
}
