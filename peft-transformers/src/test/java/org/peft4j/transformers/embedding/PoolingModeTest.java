package org.peft4j.transformers.embedding;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pooling by hand: states (1, −4), (2, 8), (6, −1) between others that are not the text's. */
final class PoolingModeTest {

    private static final float[] HIDDEN = {99, 99, 1, -4, 2, 8, 6, -1, 99, 99};

    @ParameterizedTest
    @CsvSource({
        "CLS, 1, -4",
        "MAX, 6, 8",
        "MEAN, 3, 1",
        "MEAN_SQRT_LENGTH, 5.196152, 1.732051",
        "WEIGHTED_MEAN, 3.833333, 1.5",
        "LAST_TOKEN, 6, -1"
    })
    void pools(PoolingMode mode, float first, float second) {
        float[] vector = new float[4];
        mode.pool(new TokenStates(HIDDEN, 2, 3, 2), vector, 2);
        assertArrayEquals(new float[] {0, 0, first, second}, vector, 1e-6f);
    }
}
