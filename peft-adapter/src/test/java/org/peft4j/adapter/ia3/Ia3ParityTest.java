package org.peft4j.adapter.ia3;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonElement;
import java.util.Set;
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

/** What peft computes, trains and saves with IA3, this library does too. */
final class Ia3ParityTest extends AdapterParity {

    @Override
    protected PeftMethod method() {
        return new Ia3Method();
    }

    @Override
    protected BaseModel open(AdapterFixture fixture) {
        return Bases.open(fixture);
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void targetsAndWhatTheyScale(AdapterFixture fixture) {
        try (BaseModel base = open(fixture);
                PeftModel model = fixture.load(base)) {
            Object report = model.adapter("default").report().orElseThrow();
            Ia3Config config = (Ia3Config) model.adapter("default").config();
            Set<String> selected = new TreeSet<>(((TargetReport) report).selected());
            assertEquals(names(fixture, "targeted_module_names"), selected);
            selected.removeIf(path -> !config.scalesInput(path));
            assertEquals(names(fixture, "feedforward"), selected);
        }
    }

    private static Set<String> names(AdapterFixture fixture, String key) {
        Set<String> names = new TreeSet<>();
        fixture.facts().getAsJsonArray(key).asList().stream()
                .map(JsonElement::getAsString)
                .forEach(names::add);
        return names;
    }
}
