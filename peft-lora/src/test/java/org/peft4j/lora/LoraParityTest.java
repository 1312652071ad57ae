package org.peft4j.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftMethod;
import org.peft4j.core.PeftModel;
import org.peft4j.core.targets.TargetReport;
import org.peft4j.fixtures.AdapterFixture;
import org.peft4j.fixtures.AdapterParity;

/** What peft computes, trains and saves with LoRA, this library does too. */
final class LoraParityTest extends AdapterParity {

    @Override
    protected PeftMethod method() {
        return new LoraMethod();
    }

    @Override
    protected BaseModel open(AdapterFixture fixture) {
        return Bases.open(fixture);
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void targetsAndScalings(AdapterFixture fixture) {
        try (BaseModel base = open(fixture);
                PeftModel model = fixture.load(base)) {
            Object report = model.adapter("default").report().orElseThrow();
            List<String> expected =
                    fixture.facts().getAsJsonArray("targeted_module_names").asList().stream()
                            .map(JsonElement::getAsString)
                            .toList();
            assertTrue(
                    report instanceof TargetReport targets
                            && new TreeSet<>(targets.selected()).equals(new TreeSet<>(expected)),
                    report::toString);
            LoraConfig config = (LoraConfig) model.adapter("default").config();
            for (Map.Entry<String, JsonElement> module :
                    fixture.facts().getAsJsonObject("modules").entrySet()) {
                assertEquals(
                        module.getValue().getAsJsonObject().get("scaling").getAsDouble(),
                        config.scalingAt(module.getKey()),
                        1e-12,
                        module.getKey());
            }
        }
    }
}
