package org.peft4j.lora;

import java.util.Map;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftMethod;
import org.peft4j.fixtures.AdapterExport;
import org.peft4j.fixtures.AdapterFixture;

/** LoRA adapters and merged checkpoints for Python to check. */
final class ExportTest extends AdapterExport {

    @Override
    protected PeftMethod method() {
        return new LoraMethod();
    }

    @Override
    protected BaseModel open(AdapterFixture fixture) {
        return Bases.open(fixture);
    }

    @Override
    protected Map<String, Export> more() {
        return Map.of(
                "more-tied-head-and-gaussian",
                new Export(
                        new AdapterFixture("tied-all-linear"),
                        LoraConfig.builder()
                                .targetModules("lm_head", "q_proj")
                                .initialization(LoraInitialization.GAUSSIAN)
                                .bias(LoraBias.ALL)
                                .build()),
                "more-resized-modules",
                resized(
                        LoraConfig.builder()
                                .targetModules("query_key_value")
                                .modulesToSave("embed_in", "lm_head")),
                "more-resized-tokens",
                resized(
                        LoraConfig.builder()
                                .targetModules("query_key_value")
                                .trainableTokens(96, 97)),
                "more-resized-embedding",
                resized(
                        LoraConfig.builder()
                                .targetModules("query_key_value", "embed_in", "lm_head")));
    }

    private static Export resized(LoraConfigBuilder config) {
        return new Export(new AdapterFixture("gpt-neox-default-targets"), config.build(), 98);
    }
}
