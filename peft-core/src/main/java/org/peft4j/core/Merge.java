package org.peft4j.core;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.ops.DType;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.ops.WeightOps;
import org.peft4j.core.points.EmbeddingPlacement;
import org.peft4j.core.points.EmbeddingPoint;
import org.peft4j.core.points.InjectionPoint;
import org.peft4j.core.points.LinearPlacement;
import org.peft4j.core.points.LinearPoint;
import org.peft4j.core.points.LinearWeights;
import org.peft4j.core.points.NormPlacement;
import org.peft4j.core.points.NormPoint;
import org.peft4j.core.points.NormWeights;
import org.peft4j.core.points.Placement;

/**
 * Folds adapters into weights: each module is widened to float32, changed by every adapter in turn,
 * checked, and rounded once. One module at a time, so the peak is one module above the result.
 */
final class Merge {

    private final WeightOps ops;
    private final List<Adapter> adapters;
    private final List<MergeReport.MergedPoint> report = new ArrayList<>();
    private final Map<LinearPoint, LinearWeights> linears = new LinkedHashMap<>();
    private final Map<EmbeddingPoint, Tensor> embeddings = new LinkedHashMap<>();
    private final Map<NormPoint, NormWeights> norms = new LinkedHashMap<>();

    /** An overlay and what was measured while it was made. */
    record Result(WeightOverlay overlay, List<MergeReport.MergedPoint> points) {}

    private Merge(WeightOps ops, List<Adapter> adapters) {
        this.ops = ops;
        this.adapters = adapters;
    }

    static Result of(BaseModel base, List<Adapter> adapters) {
        Merge merge = new Merge(base.door().weights(), adapters);
        try {
            for (InjectionPoint point : base.points().all()) {
                merge.merge(point);
            }
        } catch (RuntimeException e) {
            merge.overlay().close();
            throw e;
        }
        return new Result(merge.overlay(), merge.report);
    }

    private WeightOverlay overlay() {
        return new WeightOverlay(linears, embeddings, norms);
    }

    private void merge(InjectionPoint point) {
        List<Adapter> here = adapters.stream().filter(a -> a.at(point) != null).toList();
        if (here.isEmpty()) {
            return;
        }
        if (point instanceof LinearPoint linear) {
            linears.put(linear, mergeLinear(linear, here));
        } else if (point instanceof EmbeddingPoint embedding) {
            embeddings.put(embedding, mergeEmbedding(embedding, here));
        } else if (point instanceof NormPoint norm) {
            norms.put(norm, mergeNorm(norm, here));
        } else {
            throw unmergeable(here.get(0), point);
        }
    }

    private LinearWeights mergeLinear(LinearPoint point, List<Adapter> here) {
        try (Temporaries temporaries = new Temporaries()) {
            LinearWeights frozen = point.frozen();
            @Nullable Tensor frozenBias = frozen.bias();
            LinearWeights merged =
                    new LinearWeights(
                            temporaries.add(ops.cast(frozen.weight(), DType.FLOAT32)),
                            frozenBias == null
                                    ? null
                                    : temporaries.add(ops.cast(frozenBias, DType.FLOAT32)));
            for (Adapter adapter : here) {
                Placement placement = adapter.at(point);
                LinearWeights next =
                        placement instanceof LinearPlacement linear
                                ? linear.merge(ops, merged)
                                : null;
                if (next == null) {
                    throw unmergeable(adapter, point);
                }
                merged = next;
                temporaries.add(merged.weight());
                temporaries.addIfAny(merged.bias());
            }
            Tensor weight = round(point, adapterNames(here), frozen.weight(), merged.weight());
            @Nullable Tensor bias = merged.bias();
            DType biasType = frozenBias == null ? frozen.weight().dtype() : frozenBias.dtype();
            return new LinearWeights(weight, bias == null ? null : ops.cast(bias, biasType));
        }
    }

    private Tensor mergeEmbedding(EmbeddingPoint point, List<Adapter> here) {
        try (Temporaries temporaries = new Temporaries()) {
            Tensor merged = temporaries.add(ops.cast(point.table(), DType.FLOAT32));
            for (Adapter adapter : here) {
                Placement placement = adapter.at(point);
                Tensor next =
                        placement instanceof EmbeddingPlacement embedding
                                ? embedding.merge(ops, merged)
                                : null;
                if (next == null) {
                    throw unmergeable(adapter, point);
                }
                merged = temporaries.add(next);
            }
            return round(point, adapterNames(here), point.table(), merged);
        }
    }

    private NormWeights mergeNorm(NormPoint point, List<Adapter> here) {
        try (Temporaries temporaries = new Temporaries()) {
            NormWeights frozen = point.frozen();
            @Nullable Tensor frozenBias = frozen.bias();
            NormWeights merged =
                    new NormWeights(
                            temporaries.add(ops.cast(frozen.weight(), DType.FLOAT32)),
                            frozenBias == null
                                    ? null
                                    : temporaries.add(ops.cast(frozenBias, DType.FLOAT32)));
            for (Adapter adapter : here) {
                if (!(adapter.at(point) instanceof NormPlacement norm)) {
                    throw unmergeable(adapter, point);
                }
                merged = norm.merge(ops, merged);
                temporaries.add(merged.weight());
                temporaries.addIfAny(merged.bias());
            }
            Tensor weight = round(point, adapterNames(here), frozen.weight(), merged.weight());
            @Nullable Tensor bias = merged.bias();
            return new NormWeights(weight, bias == null ? null : ops.cast(bias, weight.dtype()));
        }
    }

    /** Checks the exact sum, rounds it to the frozen dtype and notes how far it moved. */
    private Tensor round(InjectionPoint point, String names, Tensor frozen, Tensor exact) {
        if (!ops.allFinite(exact)) {
            throw new NonFiniteException(
                    "merging "
                            + names
                            + " would put NaN or infinity into "
                            + point.path()
                            + "; nothing was merged. The adapter is damaged or its training"
                            + " diverged: train it again or load an earlier one.");
        }
        Tensor rounded = ops.cast(exact, frozen.dtype());
        report.add(
                new MergeReport.MergedPoint(
                        point.path(),
                        ops.maxDifference(exact, frozen),
                        ops.maxDifference(rounded, exact)));
        return rounded;
    }

    private static String adapterNames(List<Adapter> adapters) {
        return String.join(", ", adapters.stream().map(Adapter::name).toList());
    }

    private static PeftException unmergeable(Adapter adapter, InjectionPoint point) {
        return new PeftException(
                adapter
                        + " cannot be merged: what it does at "
                        + point.path()
                        + " is no change of weights. Keep it as an adapter.");
    }

    /** Float32 tensors on the way to a merged one. */
    private static final class Temporaries implements AutoCloseable {
        private final List<Tensor> tensors = new ArrayList<>();

        Tensor add(Tensor tensor) {
            tensors.add(tensor);
            return tensor;
        }

        void addIfAny(@Nullable Tensor tensor) {
            if (tensor != null) {
                tensors.add(tensor);
            }
        }

        @Override
        public void close() {
            tensors.forEach(Tensor::close);
        }
    }
}
