package org.peft4j.transformers.embedding;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** How the hidden states of a text's tokens become one vector, by sentence-transformers' names. */
public enum PoolingMode {
    /** The first token's state. */
    CLS("cls", "pooling_mode_cls_token") {
        @Override
        void pool(TokenStates states, float[] vector, int at) {
            states.copy(0, vector, at);
        }
    },
    /** The largest value of each component. */
    MAX("max", "pooling_mode_max_tokens") {
        @Override
        void pool(TokenStates states, float[] vector, int at) {
            Arrays.fill(vector, at, at + states.width(), Float.NEGATIVE_INFINITY);
            for (int token = 0; token < states.count(); token++) {
                for (int i = 0; i < states.width(); i++) {
                    vector[at + i] = Math.max(vector[at + i], states.get(token, i));
                }
            }
        }
    },
    /** The mean. */
    MEAN("mean", "pooling_mode_mean_tokens") {
        @Override
        void pool(TokenStates states, float[] vector, int at) {
            sum(states, token -> 1.0 / states.count(), vector, at);
        }
    },
    /** The sum over the square root of how many there are. */
    MEAN_SQRT_LENGTH("mean_sqrt_len_tokens", "pooling_mode_mean_sqrt_len_tokens") {
        @Override
        void pool(TokenStates states, float[] vector, int at) {
            sum(states, token -> 1 / Math.sqrt(states.count()), vector, at);
        }
    },
    /** The mean, in which the n-th token counts n times (Muennighoff 2022). */
    WEIGHTED_MEAN("weightedmean", "pooling_mode_weightedmean_tokens") {
        @Override
        void pool(TokenStates states, float[] vector, int at) {
            double all = states.count() * (states.count() + 1) / 2.0;
            sum(states, token -> (token + 1) / all, vector, at);
        }
    },
    /** The last token's state. */
    LAST_TOKEN("lasttoken", "pooling_mode_lasttoken") {
        @Override
        void pool(TokenStates states, float[] vector, int at) {
            states.copy(states.count() - 1, vector, at);
        }
    };

    private final String configName;
    private final String flag;

    PoolingMode(String configName, String flag) {
        this.configName = configName;
        this.flag = flag;
    }

    /** Returns the name in {@code pooling_mode}. */
    public String configName() {
        return configName;
    }

    /** Returns the key that earlier configs set to true for it. */
    String flag() {
        return flag;
    }

    static Optional<PoolingMode> named(String name) {
        return Arrays.stream(values()).filter(mode -> mode.configName.equals(name)).findFirst();
    }

    static List<String> names() {
        return Arrays.stream(values()).map(PoolingMode::configName).toList();
    }

    /** Writes the vector of a text from a place on. */
    abstract void pool(TokenStates states, float[] vector, int at);

    /** The weight of a token in a sum. */
    private interface Weight {
        double of(int token);
    }

    private static void sum(TokenStates states, Weight weight, float[] vector, int at) {
        double[] sum = new double[states.width()];
        for (int token = 0; token < states.count(); token++) {
            double factor = weight.of(token);
            for (int i = 0; i < sum.length; i++) {
                sum[i] += factor * states.get(token, i);
            }
        }
        for (int i = 0; i < sum.length; i++) {
            vector[at + i] = (float) sum[i];
        }
    }
}
