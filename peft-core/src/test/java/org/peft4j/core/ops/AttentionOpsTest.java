package org.peft4j.core.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.peft4j.core.ops.OpsTest.random;

import ai.djl.Device;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AttentionOpsTest {

    private OperatorDoor door;

    @BeforeAll
    void open() {
        door = OperatorDoor.open(Device.cpu());
    }

    @AfterAll
    void close() {
        door.close();
    }

    /** Pairs (i, i + 2) of the first four dimensions turn; the fifth stays. */
    @ParameterizedTest
    @EnumSource(Mode.class)
    void pairsTurnByPositionTimesFrequency(Mode mode) {
        float[] x = random(1, 2 * 3 * 5);
        float[] frequencies = {1, 0.1f};
        float[] expected = x.clone();
        for (int row = 0; row < 2 * 3; row++) {
            for (int i = 0; i < 2; i++) {
                double angle = (4 + row % 3) * frequencies[i];
                double a = x[row * 5 + i];
                double b = x[row * 5 + i + 2];
                expected[row * 5 + i] = (float) (1.5 * (a * Math.cos(angle) - b * Math.sin(angle)));
                expected[row * 5 + i + 2] =
                        (float) (1.5 * (b * Math.cos(angle) + a * Math.sin(angle)));
            }
        }
        try (Ops ops = door.ops(mode)) {
            Tensor heads = ops.floats(x, 1, 2, 3, 5);
            AttentionOps.RotaryTable table =
                    ops.attention()
                            .rotaryTable(
                                    ops.longs(new long[] {4, 5, 6}, 1, 3),
                                    ops.floats(frequencies, 2),
                                    1.5,
                                    heads);
            Tensor turned = ops.attention().rotate(heads, table);
            assertArrayEquals(expected, turned.toFloats(), 1e-5f);
            assertArrayEquals(x, heads.toFloats(), 0);
        }
    }

    /** Step by step or in one crossing, over several positions and over one. */
    @Test
    void aCachedSelfAttentionIsItsProjectionsAroundACachedAttention() {
        int d = 2;
        int width = 6;
        try (Ops ops = door.ops(Mode.INFERENCE)) {
            AttentionOps.ProjectionWeights weights =
                    new AttentionOps.ProjectionWeights(
                            linear(ops, 1, 4 * d, width, true),
                            linear(ops, 2, 2 * d, width, false),
                            linear(ops, 3, 2 * d, width, true),
                            linear(ops, 4, width, 4 * d, true));
            Tensor keys = ops.full(0, DType.FLOAT32, 2, 2, 4, d);
            Tensor values = ops.full(0, DType.FLOAT32, 2, 2, 4, d);
            Tensor otherKeys = ops.full(0, DType.FLOAT32, 2, 2, 4, d);
            Tensor otherValues = ops.full(0, DType.FLOAT32, 2, 2, 4, d);
            int start = 0;
            for (int length : new int[] {3, 1}) {
                Tensor x = ops.floats(random(10 + length, 2 * length * width), 2, length, width);
                AttentionScores scores = new AttentionScores(null, start == 0, 0.7);
                AttentionOps.RotaryTable table = table(ops, start, length, x);
                Tensor y =
                        ops.attention()
                                .cachedSelf(
                                        x,
                                        weights,
                                        d,
                                        table,
                                        scores,
                                        new AttentionOps.Cache(keys, values, start));
                Tensor attended =
                        ops.attention()
                                .cached(
                                        apply(ops, weights.query(), x),
                                        apply(ops, weights.key(), x),
                                        apply(ops, weights.value(), x),
                                        d,
                                        table,
                                        scores,
                                        new AttentionOps.Cache(otherKeys, otherValues, start));
                assertArrayEquals(
                        apply(ops, weights.output(), attended).toFloats(), y.toFloats(), 1e-6f);
                assertArrayEquals(otherKeys.toFloats(), keys.toFloats(), 1e-6f);
                assertArrayEquals(otherValues.toFloats(), values.toFloats(), 1e-6f);
                start += length;
            }
        }
    }

    private static AttentionOps.RotaryTable table(Ops ops, int start, int length, Tensor like) {
        long[] positions = LongStream.range(start, (long) start + length).toArray();
        return ops.attention()
                .rotaryTable(
                        ops.longs(positions, 1, length), ops.floats(new float[] {1}, 1), 1, like);
    }

    private static AttentionOps.Linear linear(Ops ops, int seed, int out, int in, boolean bias) {
        float[] weight = random(seed, out * in);
        return new AttentionOps.Linear(
                ops.floats(weight, out, in),
                bias ? ops.floats(random(seed + 100, out), out) : null);
    }

    private static Tensor apply(Ops ops, AttentionOps.Linear linear, Tensor x) {
        return ops.linear(x, linear.weight(), linear.bias());
    }

    /** Whether all heads' queries come first or each head's own three. */
    @ParameterizedTest
    @EnumSource(Mode.class)
    void aFusedProjectionIsTakenApartByItsLayout(Mode mode) {
        AttentionScores scores = new AttentionScores(null, true, 0.5, 0);
        try (Ops ops = door.ops(mode)) {
            Tensor q = ops.floats(random(1, 2 * 3 * 4 * 2), 2, 3, 8);
            Tensor k = ops.floats(random(2, 2 * 3 * 2 * 2), 2, 3, 4);
            Tensor v = ops.floats(random(3, 2 * 3 * 2 * 2), 2, 3, 4);
            float[] expected = ops.attention().projected(q, k, v, 2, null, scores).toFloats();
            Tensor blocks = ops.concat(ops.concat(q, k, -1), v, -1);
            Tensor grouped =
                    ops.concat(
                            ops.concat(ops.reshape(q, 2, 3, 2, 4), ops.reshape(k, 2, 3, 2, 2), -1),
                            ops.reshape(v, 2, 3, 2, 2),
                            -1);
            FusedLayout apart = FusedLayout.blocks(2);
            FusedLayout together = FusedLayout.headByHead(2);
            assertArrayEquals(
                    expected,
                    ops.attention().fused(blocks, apart, 2, null, scores).toFloats(),
                    1e-6f);
            assertArrayEquals(
                    expected,
                    ops.attention()
                            .fused(ops.reshape(grouped, 2, 3, -1), together, 2, null, scores)
                            .toFloats(),
                    1e-6f);
            AttentionOps.Projections parts = ops.attention().splitProjection(blocks, 2, apart);
            assertArrayEquals(new long[] {2, 3, 4, 2}, parts.queries().shape().getShape());
            assertArrayEquals(k.toFloats(), ops.reshape(parts.keys(), 2, 3, 4).toFloats(), 0);
            assertThrows(IllegalArgumentException.class, () -> new FusedLayout(2, 4));
        }
    }

    @Test
    void attentionIsCausalAndRepeatsKeyValueHeads() {
        int length = 3;
        int d = 2;
        float[] q = random(1, 4 * length * d);
        float[] k = random(2, 2 * length * d);
        float[] v = random(3, 2 * length * d);
        float[] expected = new float[length * 4 * d];
        for (int h = 0; h < 4; h++) {
            for (int i = 0; i < length; i++) {
                double[] weights = new double[i + 1];
                double total = 0;
                for (int j = 0; j <= i; j++) {
                    double dot = 0;
                    for (int c = 0; c < d; c++) {
                        dot += q[(h * length + i) * d + c] * k[((h / 2) * length + j) * d + c];
                    }
                    weights[j] = Math.exp(dot * 0.7);
                    total += weights[j];
                }
                for (int j = 0; j <= i; j++) {
                    for (int c = 0; c < d; c++) {
                        expected[i * 4 * d + h * d + c] +=
                                (float) (weights[j] / total * v[((h / 2) * length + j) * d + c]);
                    }
                }
            }
        }
        try (Ops ops = door.ops(Mode.INFERENCE)) {
            Tensor y =
                    ops.attention()
                            .attend(
                                    ops.floats(q, 1, 4, length, d),
                                    ops.floats(k, 1, 2, length, d),
                                    ops.floats(v, 1, 2, length, d),
                                    new AttentionScores(null, true, 0.7));
            assertArrayEquals(expected, y.toFloats(), 1e-5f);
        }
    }
}
