package org.peft4j.core;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.EmbeddingPoint;
import org.peft4j.core.points.LinearPoint;

/**
 * Frozen weights in an adapter's file: peft saves those of an embedding or a head that the adapter
 * acts on, in case they were resized. They say nothing new where the base has the same values.
 */
final class FrozenCopies {

    private static final List<String> ENDINGS = List.of(".base_layer.weight", ".weight");

    private FrozenCopies() {}

    /**
     * Returns whether a tensor of an adapter's file is one of the base's own weights.
     *
     * @param base the base
     * @param key the tensor's name
     * @param read reads it in float32
     */
    static boolean isOne(BaseModel base, String key, Supplier<Tensor> read) {
        return frozen(base, key).map(weight -> isSame(base, weight, read)).orElse(false);
    }

    private static boolean isSame(BaseModel base, Tensor frozen, Supplier<Tensor> read) {
        try (Tensor stored = read.get()) {
            return Arrays.equals(stored.shape().getShape(), frozen.shape().getShape())
                    && base.door().weights().maxDifference(stored, frozen) == 0;
        }
    }

    private static Optional<Tensor> frozen(BaseModel base, String key) {
        for (String ending : ENDINGS) {
            if (key.startsWith(AdapterBuilder.KEY_PREFIX) && key.endsWith(ending)) {
                String path =
                        key.substring(
                                AdapterBuilder.KEY_PREFIX.length(), key.length() - ending.length());
                Optional<Tensor> table =
                        base.points().find(EmbeddingPoint.class, path).map(EmbeddingPoint::table);
                Optional<Tensor> weight =
                        base.points().find(LinearPoint.class, path).map(p -> p.frozen().weight());
                if (table.isPresent() || weight.isPresent()) {
                    return table.isPresent() ? table : weight;
                }
            }
        }
        return Optional.empty();
    }
}
