package org.peft4j.core.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.peft4j.core.PeftException;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OpsTest {

    private OperatorDoor door;

    @BeforeAll
    void open() {
        door = OperatorDoor.open(Device.cpu());
    }

    @AfterAll
    void close() {
        door.close();
    }

    static float[] random(long seed, int n) {
        Random random = new Random(seed);
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /** y = x wᵀ + b in doubles. */
    private static float[] linear(
            float[] x, float[] w, float @Nullable [] b, int rows, int in, int out) {
        float[] y = new float[rows * out];
        for (int i = 0; i < rows; i++) {
            for (int o = 0; o < out; o++) {
                double sum = b == null ? 0 : b[o];
                for (int k = 0; k < in; k++) {
                    sum += (double) x[i * in + k] * w[o * in + k];
                }
                y[i * out + o] = (float) sum;
            }
        }
        return y;
    }

    /** Autograd reads indices on the way back, from memory that is Java's. */
    @ParameterizedTest
    @EnumSource(Mode.class)
    void whatComesFromJavaLivesUntilTheWayBack(Mode mode) {
        try (Ops ops = door.ops(mode)) {
            Tensor index;
            Tensor numbers;
            Tensor sum;
            try (Scope scope = ops.scope()) {
                index = ops.longs(new long[] {1, 0}, 2);
                numbers = ops.floats(new float[] {1, 2}, 2);
                sum = scope.keep(ops.add(ops.rows(numbers, index), numbers));
            }
            assertEquals(mode == Mode.TRAINING, index.isOpen());
            assertEquals(mode == Mode.TRAINING, numbers.isOpen());
            assertArrayEquals(new float[] {3, 3}, sum.toFloats());
        }
    }

    @Test
    void aFusedGateIsTheGateOfItsHalves() {
        try (Ops ops = door.ops(Mode.INFERENCE)) {
            Tensor gate = ops.floats(random(1, 6), 2, 3);
            Tensor up = ops.floats(random(2, 6), 2, 3);
            Tensor both = ops.concat(gate, up, -1);
            assertArrayEquals(
                    ops.gate(gate, up, Activation.GELU_TANH).toFloats(),
                    ops.fusedGate(both, Activation.GELU_TANH).toFloats(),
                    0);
        }
    }

    /**
     * Rows and columns that reach every way of multiplying, 16-bit slices of 512 columns included.
     */
    @ParameterizedTest
    @EnumSource(Mode.class)
    void aLinearMapIsTheSumOfProductsInEveryDtype(Mode mode) {
        int in = 1024;
        int out = 700;
        for (DType dtype : List.of(DType.FLOAT32, DType.BFLOAT16, DType.FLOAT16)) {
            try (Ops ops = door.ops(mode)) {
                float[] w = rounded(ops, random(2, out * in), dtype);
                float[] b = rounded(ops, random(3, out), dtype);
                Tensor weight = ops.cast(ops.floats(w, out, in), dtype);
                Tensor bias = ops.cast(ops.floats(b, out), dtype);
                for (int rows : new int[] {1, 2, 6}) {
                    float[] x = rounded(ops, random(10 + rows, rows * in), dtype);
                    Tensor input = ops.cast(ops.floats(x, 2 - rows % 2, (rows + 1) / 2, in), dtype);
                    Tensor y = ops.linear(input, weight, bias);
                    Tensor z = ops.linear(input, weight, null);
                    assertEquals(dtype, y.dtype());
                    assertArrayEquals(
                            new long[] {2 - rows % 2, (rows + 1) / 2, out}, y.shape().getShape());
                    assertClose(linear(x, w, b, rows, in, out), y, ops, dtype);
                    assertClose(linear(x, w, null, rows, in, out), z, ops, dtype);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void aLinearMapOfAPartOfASequenceIsThatOfItsRows(Mode mode) {
        float[] w = random(2, 5 * 4);
        float[] x = random(3, 2 * 3 * 4);
        float[] last = new float[2 * 4];
        System.arraycopy(x, 2 * 4, last, 0, 4);
        System.arraycopy(x, 5 * 4, last, 4, 4);
        try (Ops ops = door.ops(mode)) {
            Tensor part = ops.narrow(ops.floats(x, 2, 3, 4), 1, 2, 1);
            Tensor y = ops.linear(part, ops.floats(w, 5, 4), null);
            assertArrayEquals(new long[] {2, 1, 5}, y.shape().getShape());
            assertClose(linear(last, w, null, 2, 4, 5), y, ops, DType.FLOAT32);
        }
    }

    /** The values as the dtype has them. */
    private static float[] rounded(Ops ops, float[] values, DType dtype) {
        return ops.cast(ops.cast(ops.floats(values, values.length), dtype), DType.FLOAT32)
                .toFloats();
    }

    /** Sums of 1,024 products reach 128 and may be rounded before the bias and behind it. */
    private static void assertClose(float[] expected, Tensor y, Ops ops, DType dtype) {
        float step = dtype == DType.FLOAT32 ? 1e-4f : dtype == DType.FLOAT16 ? 0.15f : 1.1f;
        assertArrayEquals(expected, ops.cast(y, DType.FLOAT32).toFloats(), step);
    }

    @Test
    void aSourceThatNamesAnOperatorOfAnotherLibtorchIsReplaced() {
        String source =
                """
                class Ops(Module):
                  training : bool
                  def f(self: __torch__.Ops, x: Tensor) -> Tensor:
                    return %s(x)
                """;
        String there = source.formatted("torch.neg");
        String missing = source.formatted("ops.mkldnn.no_such_operator");
        String wrong = source.formatted("self.no_such_method");
        OperatorDoor.loadFirst(door.manager(), missing, there).close();
        assertThrows(
                EngineException.class, () -> OperatorDoor.loadFirst(door.manager(), wrong, there));
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void loraLinearIsTheFrozenProductPlusTheScaledLowRankTerm(Mode mode) {
        float[] x = random(1, 2 * 3 * 4);
        float[] w = random(2, 5 * 4);
        float[] b = random(3, 5);
        float[] a = random(4, 2 * 4);
        float[] bb = random(5, 5 * 2);
        float[] frozen = linear(x, w, b, 6, 4, 5);
        float[] low = linear(linear(x, a, null, 6, 4, 2), bb, null, 6, 2, 5);
        float[] expected = new float[30];
        for (int i = 0; i < 30; i++) {
            expected[i] = frozen[i] + 0.5f * low[i];
        }
        try (Ops ops = door.ops(mode)) {
            Tensor input = ops.floats(x, 2, 3, 4);
            Tensor weight = ops.floats(w, 5, 4);
            Tensor bias = ops.floats(b, 5);
            Tensor ta = ops.floats(a, 2, 4);
            Tensor tb = ops.floats(bb, 5, 2);
            Tensor y = ops.loraLinear(input, input, weight, bias, ta, tb, 0.5, 0, 0);
            assertEquals(3, y.shape().dimension());
            assertArrayEquals(expected, y.toFloats(), 1e-5f);
            Tensor sum =
                    ops.add(
                            ops.linear(input, weight, bias),
                            ops.loraDelta(input, ta, tb, 0.5, 0, 0));
            assertArrayEquals(expected, sum.toFloats(), 1e-5f);
        }
    }

    @Test
    void bfloat16GoesInAndOutWithoutDjlSeeingIt() {
        float[] values = {1f, -2.5f, 3.140625f, 0f};
        try (Tensor wide = door.weights().floats(values, 2, 2);
                Tensor narrow = door.weights().cast(wide, DType.BFLOAT16);
                Tensor back = door.weights().cast(narrow, DType.FLOAT32);
                Tensor read =
                        door.weights()
                                .fromBytes(door.weights().toBytes(narrow), DType.BFLOAT16, 2, 2)) {
            assertArrayEquals(values, back.toFloats());
            assertEquals(0, door.weights().maxDifference(narrow, read));
            assertThrows(PeftException.class, narrow::array);
            assertThrows(PeftException.class, narrow::toFloats);
            assertEquals(8, narrow.byteCount());
        }
    }

    @Test
    void loraLinearAddsInFloat32BeforeItRoundsToBfloat16() {
        float[] x = random(1, 8);
        float[] w = random(2, 4 * 8);
        try (Ops ops = door.ops(Mode.INFERENCE)) {
            Tensor input = ops.cast(ops.floats(x, 1, 8), DType.BFLOAT16);
            Tensor weight = ops.cast(ops.floats(w, 4, 8), DType.BFLOAT16);
            Tensor a = ops.floats(random(3, 2 * 8), 2, 8);
            Tensor b = ops.floats(random(4, 4 * 2), 4, 2);
            Tensor wide = ops.cast(input, DType.FLOAT32);
            Tensor fused = ops.loraLinear(input, wide, weight, null, a, b, 2, 0, 0);
            assertEquals(DType.BFLOAT16, fused.dtype());
            Tensor delta = ops.loraDelta(input, a, b, 2, 0, 0);
            assertEquals(DType.FLOAT32, delta.dtype());
            Tensor apart = ops.add(ops.linear(input, weight, null), delta);
            assertArrayEquals(
                    ops.cast(apart, DType.FLOAT32).toFloats(),
                    ops.cast(fused, DType.FLOAT32).toFloats());
        }
    }

    @Test
    void dropoutFollowsFromTheSeedAlone() {
        try (Ops ops = door.ops(Mode.TRAINING)) {
            Tensor ones = ops.full(1, DType.FLOAT32, 100, 100);
            float[] first = ops.dropout(ones, 0.25, 7).toFloats();
            assertArrayEquals(first, ops.dropout(ones, 0.25, 7).toFloats());
            float[] other = ops.dropout(ones, 0.25, 8).toFloats();
            assertNotEquals(java.util.Arrays.hashCode(first), java.util.Arrays.hashCode(other));
            int kept = 0;
            for (float value : first) {
                assertTrue(value == 0 || Math.abs(value - 1 / 0.75f) < 1e-6);
                kept += value == 0 ? 0 : 1;
            }
            assertEquals(7500, kept, 200);
        }
    }

    @Test
    void rmsNormMatchesItsFormulaInBothDtypes() {
        float[] x = random(1, 3 * 6);
        float[] w = random(2, 6);
        float[] expected = new float[18];
        for (int i = 0; i < 3; i++) {
            double squares = 0;
            for (int k = 0; k < 6; k++) {
                squares += (double) x[i * 6 + k] * x[i * 6 + k];
            }
            for (int k = 0; k < 6; k++) {
                expected[i * 6 + k] = (float) (w[k] * x[i * 6 + k] / Math.sqrt(squares / 6 + 1e-5));
            }
        }
        try (Ops ops = door.ops(Mode.INFERENCE)) {
            Tensor input = ops.floats(x, 3, 6);
            Tensor weight = ops.floats(w, 6);
            assertArrayEquals(expected, ops.rmsNorm(input, weight, 1e-5).toFloats(), 1e-5f);
            Tensor half =
                    ops.rmsNorm(
                            ops.cast(input, DType.BFLOAT16),
                            ops.cast(weight, DType.BFLOAT16),
                            1e-5);
            assertArrayEquals(expected, ops.cast(half, DType.FLOAT32).toFloats(), 0.05f);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1.5})
    void slicedCrossEntropyIsTheWholeOneWithItsGradient(double cap) {
        float[] h = random(1, 5 * 4);
        float[] w = random(2, 7 * 4);
        long[] labels = {0, 6, 3, 3, 1};
        UpdateOps update = door.updates();
        try (Ops ops = door.ops(Mode.TRAINING)) {
            Tensor hidden = ops.floats(h, 5, 4);
            update.requireGradient(hidden, true);
            Tensor weight = ops.floats(w, 7, 4);
            Tensor wanted = ops.longs(labels, 5);
            Tensor logits = ops.linear(hidden, weight, null);
            Tensor loss = ops.crossEntropy(cap == 0 ? logits : ops.softCap(logits, cap), wanted);
            double value = loss.toDouble();
            Tensor gradient = gradient(ops.scale(loss, 0.2), hidden);
            Ops.LossAndGradient sliced =
                    ops.linearCrossEntropy(hidden, weight, null, wanted, 0.2, 2, cap);
            assertEquals(value, sliced.loss().toDouble(), 1e-5);
            assertArrayEquals(gradient.toFloats(), sliced.gradient().toFloats(), 1e-6f);
            gradient.close();
        }
    }

    @Test
    void weightedCrossEntropyIsTheSumOfWeightedTerms() {
        float[] x = random(1, 3 * 5);
        long[] labels = {4, 0, 2};
        float[] weights = {1, 0.25f, 3};
        try (Ops ops = door.ops(Mode.TRAINING)) {
            Tensor logits = ops.floats(x, 3, 5);
            double expected = 0;
            for (int i = 0; i < 3; i++) {
                Tensor term =
                        ops.crossEntropy(
                                ops.narrow(logits, 0, i, 1), ops.longs(new long[] {labels[i]}, 1));
                expected += weights[i] * term.toDouble();
            }
            Tensor sum =
                    ops.weightedCrossEntropy(logits, ops.longs(labels, 3), ops.floats(weights, 3));
            assertEquals(expected, sum.toDouble(), 1e-5);
        }
    }

    @Test
    void rowsOutsideTheirBallAreProjectedAndTheOthersStay() {
        WeightOps weights = door.weights();
        try (Tensor x = weights.floats(new float[] {3, 4, 0.3f, 0.4f, 0, 0, 1, 0}, 4, 2);
                Tensor radii = weights.floats(new float[] {1, 1, 0, 0}, 4)) {
            door.updates().requireGradient(x, true);
            door.updates().projectRows(x, radii);
            assertArrayEquals(
                    new float[] {0.6f, 0.8f, 0.3f, 0.4f, 0, 0, 0, 0}, x.toFloats(), 1e-7f);
        }
    }

    private Tensor gradient(Tensor output, Tensor leaf) {
        Tensor found =
                door.updates()
                        .gradients(
                                java.util.List.of(output),
                                java.util.Collections.singletonList(null),
                                java.util.List.of(leaf))
                        .get(0);
        return java.util.Objects.requireNonNull(found);
    }

    @Test
    void aParameterThatNothingDependsOnHasNoGradient() {
        try (Ops ops = door.ops(Mode.TRAINING)) {
            Tensor used = ops.floats(new float[] {2, 3}, 2);
            Tensor unused = ops.floats(new float[] {5}, 1);
            door.updates().requireGradient(used, true);
            door.updates().requireGradient(unused, true);
            var gradients =
                    door.updates()
                            .gradients(
                                    java.util.List.of(ops.sumSquares(used)),
                                    java.util.Collections.singletonList(null),
                                    java.util.List.of(used, unused));
            Tensor gradient = java.util.Objects.requireNonNull(gradients.get(0));
            assertArrayEquals(new float[] {4, 6}, gradient.toFloats());
            assertEquals(null, gradients.get(1));
            gradient.close();
        }
    }

    @Test
    void aScopeClosesWhatIsNotKept() {
        try (Ops ops = door.ops(Mode.INFERENCE)) {
            Tensor outer = ops.floats(new float[] {1}, 1);
            ops.scale(outer, 2); // lets the door cache its number before counting
            long before = door.openTensors();
            Tensor kept;
            Tensor dropped;
            try (Scope scope = ops.scope()) {
                dropped = ops.scale(outer, 2);
                kept = scope.keep(ops.scale(dropped, 2));
            }
            assertFalse(dropped.isOpen());
            assertTrue(kept.isOpen());
            assertEquals(before + 1, door.openTensors());
            assertThrows(IllegalStateException.class, () -> ops.scale(dropped, 2));
        }
    }

    @Test
    void closingThePassClosesEverythingButWhatWasReleased() {
        long before = door.openTensors();
        Tensor released;
        try (Ops ops = door.ops(Mode.INFERENCE)) {
            try (Scope scope = ops.scope()) {
                scope.keep(ops.longs(new long[] {1}, 1));
                released = ops.release(ops.longs(new long[] {2}, 1));
            }
        }
        assertArrayEquals(new long[] {2}, released.toLongs());
        released.close();
        assertEquals(before, door.openTensors());
    }

    @Test
    void aPassBelongsToItsThread() throws InterruptedException {
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        try (Ops ops = door.ops(Mode.INFERENCE)) {
            Tensor x = ops.floats(new float[] {1}, 1);
            Thread other = new Thread(() -> ops.scale(x, 2));
            other.setUncaughtExceptionHandler((thread, e) -> thrown.set(e));
            other.start();
            other.join();
        }
        assertTrue(thrown.get() instanceof IllegalStateException);
    }

    @Test
    void aClosedPassIsOfNoUse() {
        Ops ops = door.ops(Mode.INFERENCE);
        ops.close();
        ops.close();
        assertThrows(IllegalStateException.class, () -> ops.longs(new long[] {1}, 1));
    }

    @Test
    void adamWTakesTheFirstStepOfItsFormula() {
        WeightOps weights = door.weights();
        try (Tensor p = weights.floats(new float[] {1, -2}, 2);
                Tensor g = weights.floats(new float[] {0.5f, 0.1f}, 2);
                Tensor m = weights.zeros(2);
                Tensor v = weights.zeros(2);
                Tensor step = weights.zeros()) {
            var one = java.util.List.of(p);
            door.updates()
                    .adamW(
                            one,
                            java.util.List.of(g),
                            java.util.List.of(m),
                            java.util.List.of(v),
                            java.util.List.of(step),
                            0.01,
                            0.9,
                            0.999,
                            0.1,
                            1e-8);
            // the first step moves by the rate against the sign, after decay by rate · decay
            assertArrayEquals(
                    new float[] {1 - 0.001f - 0.01f, -2 + 0.002f - 0.01f}, p.toFloats(), 1e-6f);
            assertEquals(1, step.toDouble());
            assertEquals(Math.sqrt(0.26), door.updates().globalNorm(java.util.List.of(g)), 1e-6);
        }
    }
}
