package org.peft4j.adapter.fusion;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.peft4j.adapter.Bases;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.Parameter;
import org.peft4j.core.PeftMethod;
import org.peft4j.core.PeftModel;
import org.peft4j.core.ops.Tensor;
import org.peft4j.fixtures.AdapterFixture;
import org.peft4j.fixtures.AdapterParity;
import org.peft4j.fixtures.Golden;
import org.peft4j.fixtures.Tensors;

/** What AdapterHub computes, trains and saves with fusions, this library does too. */
final class FusionParityTest extends AdapterParity {

    @Override
    protected PeftMethod method() {
        return new FusionMethod();
    }

    @Override
    protected BaseModel open(AdapterFixture fixture) {
        return Bases.open(fixture);
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void theRegularisationIsPythons(AdapterFixture fixture) {
        Golden golden = fixture.golden();
        if (!golden.contains("penalty_after")) {
            return;
        }
        try (BaseModel base = open(fixture);
                PeftModel model = fixture.load(base)) {
            for (Parameter parameter : model.adapter("default").parameters()) {
                if (golden.contains("after." + parameter.key())) {
                    Tensors.set(base.door(), parameter, golden.floats("after." + parameter.key()));
                }
            }
            try (ForwardContext context = model.open(AdapterSelection.of("default"));
                    Tensor penalty = model.adapter("default").hook().penalty(context.ops())) {
                double expected = golden.get("penalty_after").single();
                FusionConfig config = (FusionConfig) model.adapter("default").config();
                assertEquals(
                        config.regularization() ? expected : 0,
                        penalty == null ? 0 : penalty.toFloats()[0],
                        1e-5 * expected);
            }
        }
    }
}
