package org.peft4j.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.peft4j.core.Adapter;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.Parameter;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.files.JsonFields;
import org.peft4j.fixtures.Compare;
import org.peft4j.fixtures.Tensors;

/** The gate of UniPELT takes the place of LoRA's scaling. */
final class GatedLoraTest {

    private static final TokenBatch BATCH = TokenBatch.of(new long[] {5, 9, 20, 7});

    @Test
    void peftsFileIsTheSameButForTheType() {
        LoraConfig plain = LoraConfig.builder().rank(4).targetModules("q_proj").build();
        LoraConfig gated = plain.toBuilder().useGating(true).build();
        JsonObject expected = plain.toJson();
        assertEquals("LORA", expected.get("peft_type").getAsString());
        expected.addProperty("peft_type", "GATED_LORA");
        assertEquals(expected, gated.toJson());
        Path file = Path.of("adapter_config.json");
        assertEquals(gated, new GatedLoraMethod().readConfig(JsonFields.of(file, gated.toJson())));
        assertEquals(plain, new LoraMethod().readConfig(JsonFields.of(file, plain.toJson())));
    }

    /** σ(0 x + b) is the same number everywhere. */
    @Test
    void aGateOfZerosIsAScaling() {
        try (BaseModel base = Bases.open("llama");
                PeftModel model = PeftModel.of(base)) {
            LoraConfig plain = LoraConfig.builder().rank(4).alpha(3).build();
            Adapter lora = model.add("plain", plain);
            Tensors.addNoise(base.door(), lora, 0.1, 1);
            Adapter gated = model.add("gated", plain.toBuilder().useGating(true).build());
            for (Parameter parameter : gated.parameters()) {
                if (parameter.key().endsWith("lora_gate.weight")) {
                    Tensors.fill(base.door(), parameter, 0);
                } else if (parameter.key().endsWith("lora_gate.bias")) {
                    // α / r = 3 / 4 = σ(ln 3)
                    Tensors.fill(base.door(), parameter, (float) Math.log(3));
                } else {
                    Tensors.set(
                            base.door(),
                            parameter,
                            lora.parameter(parameter.key()).orElseThrow().value().toFloats());
                }
            }
            float[] expected = Tensors.logits(model, AdapterSelection.of("plain"), BATCH);
            Compare.close(
                    "gated",
                    expected,
                    Tensors.logits(model, AdapterSelection.of("gated"), BATCH),
                    1e-5);
        }
    }

    @Test
    void gatesAreForLinearsOfLayers() {
        try (BaseModel base = Bases.open("llama");
                PeftModel model = PeftModel.of(base)) {
            for (String target : List.of("lm_head", "embed_tokens")) {
                LoraConfig config =
                        LoraConfig.builder().targetModules(target).useGating(true).build();
                PeftException refusal =
                        assertThrows(PeftException.class, () -> model.add("a", config));
                assertTrue(
                        String.valueOf(refusal.getMessage()).contains(target), refusal::toString);
                assertFalse(model.adapterNames().contains("a"));
            }
        }
        LoraConfigBuilder both = LoraConfig.builder().loraBias(true).useGating(true);
        assertThrows(PeftException.class, both::build);
    }
}
