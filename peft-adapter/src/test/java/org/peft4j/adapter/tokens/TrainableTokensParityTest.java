package org.peft4j.adapter.tokens;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonElement;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.peft4j.adapter.Bases;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftMethod;
import org.peft4j.core.PeftModel;
import org.peft4j.core.targets.TargetReport;
import org.peft4j.fixtures.AdapterFixture;
import org.peft4j.fixtures.AdapterParity;

/** What peft computes, trains and saves with trainable tokens, this library does too. */
final class TrainableTokensParityTest extends AdapterParity {

    @Override
    protected PeftMethod method() {
        return new TrainableTokensMethod();
    }

    @Override
    protected BaseModel open(AdapterFixture fixture) {
        return Bases.open(fixture);
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void targets(AdapterFixture fixture) {
        List<String> expected =
                fixture.facts().getAsJsonArray("targeted_module_names").asList().stream()
                        .map(JsonElement::getAsString)
                        .toList();
        try (BaseModel base = open(fixture);
                PeftModel model = fixture.load(base)) {
            Object report = model.adapter("default").report().orElseThrow();
            assertEquals(
                    new TreeSet<>(expected), new TreeSet<>(((TargetReport) report).selected()));
        }
    }
}
