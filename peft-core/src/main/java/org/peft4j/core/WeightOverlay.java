package org.peft4j.core;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.EmbeddingPoint;
import org.peft4j.core.points.InjectionPoint;
import org.peft4j.core.points.LinearPoint;
import org.peft4j.core.points.LinearWeights;
import org.peft4j.core.points.NormPoint;
import org.peft4j.core.points.NormWeights;

/**
 * Weights that stand in for frozen ones, by point: what a merge makes. The base itself is never
 * written to, so taking the overlay away restores it bit for bit.
 *
 * @param linears by linear point
 * @param embeddings by embedding point
 * @param norms by norm point
 */
public record WeightOverlay(
        Map<LinearPoint, LinearWeights> linears,
        Map<EmbeddingPoint, Tensor> embeddings,
        Map<NormPoint, NormWeights> norms) {

    /** Nothing is replaced. */
    public static final WeightOverlay NONE = new WeightOverlay(Map.of(), Map.of(), Map.of());

    /** Copies the maps. */
    public WeightOverlay {
        linears = Map.copyOf(linears);
        embeddings = Map.copyOf(embeddings);
        norms = Map.copyOf(norms);
    }

    /** Returns the parameters to use at a point. */
    public LinearWeights of(LinearPoint point) {
        return linears.getOrDefault(point, point.frozen());
    }

    /** Returns the table to use at a point. */
    public Tensor of(EmbeddingPoint point) {
        return embeddings.getOrDefault(point, point.table());
    }

    /** Returns the parameters to use at a point. */
    public NormWeights of(NormPoint point) {
        return norms.getOrDefault(point, point.frozen());
    }

    /** Returns whether a point's parameters are replaced. */
    public boolean contains(InjectionPoint point) {
        return linears.containsKey(point)
                || embeddings.containsKey(point)
                || norms.containsKey(point);
    }

    /** Returns whether nothing is replaced. */
    public boolean isEmpty() {
        return linears.isEmpty() && embeddings.isEmpty() && norms.isEmpty();
    }

    /** Closes the tensors that are not the frozen ones. */
    void close() {
        linears.forEach(
                (point, weights) -> {
                    closeIfOther(weights.weight(), point.frozen().weight());
                    closeIfOther(weights.bias(), point.frozen().bias());
                });
        embeddings.forEach((point, table) -> closeIfOther(table, point.table()));
        norms.forEach(
                (point, weights) -> {
                    closeIfOther(weights.weight(), point.frozen().weight());
                    closeIfOther(weights.bias(), point.frozen().bias());
                });
    }

    private static void closeIfOther(@Nullable Tensor tensor, @Nullable Tensor frozen) {
        if (tensor != null && tensor != frozen) {
            tensor.close();
        }
    }
}
