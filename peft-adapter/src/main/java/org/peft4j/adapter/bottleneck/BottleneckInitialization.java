package org.peft4j.adapter.bottleneck;

import java.util.Locale;
import java.util.random.RandomGenerator;
import org.peft4j.core.Initializer;

/** How a fresh bottleneck starts, {@code init_weights}. */
public enum BottleneckInitialization {
    /** Weights N(0, 0.02²), biases 0. */
    BERT,
    /** Down as torch's linears start, up and biases 0: the base's output is unchanged. */
    MAM_ADAPTER,
    /** Weights N(0, 0.01²) cut off at two deviations, biases 0. */
    HOULSBY;

    private static final double BERT_DEVIATION = 0.02;
    private static final double HOULSBY_DEVIATION = 0.01;

    String configName() {
        return name().toLowerCase(Locale.ROOT);
    }

    Initializer down() {
        return switch (this) {
            case BERT -> Initializer.normal(BERT_DEVIATION);
            case MAM_ADAPTER -> Initializer.kaimingUniform();
            case HOULSBY -> BottleneckInitialization::truncated;
        };
    }

    Initializer up() {
        return switch (this) {
            case BERT -> Initializer.normal(BERT_DEVIATION);
            case MAM_ADAPTER -> Initializer.constant(0);
            case HOULSBY -> BottleneckInitialization::truncated;
        };
    }

    Initializer gate() {
        return this == HOULSBY ? Initializer.kaimingUniform() : Initializer.normal(BERT_DEVIATION);
    }

    private static void truncated(float[] values, long[] shape, RandomGenerator random) {
        for (int i = 0; i < values.length; i++) {
            double drawn;
            do {
                drawn = random.nextGaussian();
            } while (Math.abs(drawn) > 2);
            values[i] = (float) (drawn * HOULSBY_DEVIATION);
        }
    }
}
