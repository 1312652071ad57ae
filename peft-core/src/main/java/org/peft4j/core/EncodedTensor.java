package org.peft4j.core;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.ops.Mode;
import org.peft4j.core.ops.OperatorDoor;
import org.peft4j.core.ops.Tensor;

/**
 * A tensor in an adapter's file whose encoder only training needs.
 *
 * @param key its name in {@code adapter_model.safetensors}
 * @param shape its shape
 * @param encoder what computes it; null where the adapter was loaded without
 */
record EncodedTensor(String key, List<Long> shape, @Nullable Encoder encoder) {

    /**
     * What computes it.
     *
     * @param keys the keys of its parameters, in {@code prompt_encoder.safetensors}
     * @param encoding the computation
     */
    record Encoder(List<String> keys, Encoding encoding) {}

    long[] dimensions() {
        return shape.stream().mapToLong(Long::longValue).toArray();
    }

    /** Computes the tensor as inference does; the caller closes it. */
    static Tensor compute(OperatorDoor door, Encoder encoder) {
        try (ForwardContext context = ForwardContext.open(door, Mode.INFERENCE)) {
            return context.ops().release(encoder.encoding().in(context));
        }
    }
}
