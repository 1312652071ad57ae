package org.peft4j.transformers.parts;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.PeftException;
import org.peft4j.core.WeightOverlay;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.InjectionPoint;
import org.peft4j.core.points.LinearPoint;

/**
 * The tensors of an overlay under their names in the checkpoint.
 *
 * @param tensors the tensors that are not the frozen ones
 */
record ChangedWeights(Map<String, Changed> tensors) {

    /**
     * A changed tensor.
     *
     * @param tensor its value as computed with
     * @param transposed whether the file stores it the other way round
     */
    record Changed(Tensor tensor, boolean transposed) {}

    static ChangedWeights of(WeightOverlay overlay) {
        Map<String, Changed> changed = new LinkedHashMap<>();
        overlay.linears()
                .forEach(
                        (point, weights) -> {
                            boolean transposed = point.layout() == LinearPoint.Layout.IN_OUT;
                            add(changed, point, "weight", weights.weight(), transposed);
                            addBias(changed, point, weights.bias(), point.frozen().bias());
                        });
        overlay.embeddings().forEach((point, table) -> add(changed, point, "weight", table, false));
        overlay.norms()
                .forEach(
                        (point, weights) -> {
                            add(changed, point, "weight", weights.weight(), false);
                            addBias(changed, point, weights.bias(), point.frozen().bias());
                        });
        return new ChangedWeights(changed);
    }

    private static void addBias(
            Map<String, Changed> changed,
            InjectionPoint point,
            @Nullable Tensor bias,
            @Nullable Tensor frozen) {
        if (bias == null) {
            return;
        }
        if (frozen == null) {
            throw new PeftException(
                    point.path()
                            + " has no bias in this architecture, so the one that the adapter adds"
                            + " cannot be written. Keep the adapter beside the base, or train it"
                            + " without a bias.");
        }
        add(changed, point, "bias", bias, false);
    }

    private static void add(
            Map<String, Changed> changed,
            InjectionPoint point,
            String parameter,
            Tensor tensor,
            boolean transposed) {
        changed.put(point.path() + "." + parameter, new Changed(tensor, transposed));
    }

    boolean contains(String name) {
        return tensors.containsKey(name);
    }

    @Nullable Changed get(String name) {
        return tensors.get(name);
    }
}
