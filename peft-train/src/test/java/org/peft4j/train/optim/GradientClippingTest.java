package org.peft4j.train.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.Device;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.peft4j.core.NonFiniteException;
import org.peft4j.core.ops.OperatorDoor;
import org.peft4j.core.ops.Tensor;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.Golden;

final class GradientClippingTest {

    @ParameterizedTest
    @ValueSource(strings = {"above", "below", "tight", "zero"})
    void equalsTorch(String name) {
        Golden golden = Fixtures.golden("optim");
        double maxNorm =
                Fixtures.goldenJson("optim")
                        .getAsJsonObject("clip")
                        .getAsJsonObject(name)
                        .get("max_norm")
                        .getAsDouble();
        String prefix = "clip." + name + ".";
        try (OperatorDoor door = OperatorDoor.open(Device.cpu())) {
            List<Tensor> gradients = new ArrayList<>();
            for (int i = 0; golden.contains(prefix + "grad." + i); i++) {
                gradients.add(
                        door.weights()
                                .floats(
                                        golden.floats(prefix + "grad." + i),
                                        golden.get(prefix + "grad." + i).shape()));
            }
            assertEquals(3, gradients.size());
            float norm = golden.get(prefix + "norm").single();
            double measured = GradientClipping.clip(door.updates(), gradients, maxNorm);
            assertEquals(norm, measured, 1e-6 * norm);
            for (int i = 0; i < gradients.size(); i++) {
                assertArrayEquals(
                        golden.floats(prefix + "clipped." + i), gradients.get(i).toFloats(), 1e-7f);
            }
        }
    }

    @Test
    void aGradientThatIsNotFiniteIsRefusedAndLeftAlone() {
        try (OperatorDoor door = OperatorDoor.open(Device.cpu())) {
            float[] values = {1, Float.NaN};
            List<Tensor> gradients = List.of(door.weights().floats(values, 2));
            assertThrows(
                    NonFiniteException.class,
                    () -> GradientClipping.clip(door.updates(), gradients, 0.1));
            assertArrayEquals(values, gradients.get(0).toFloats());
        }
    }
}
