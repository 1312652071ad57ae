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
            String names = adapterNames(here);
            @Nullable Tensor bias = merged.bias();
            DType biasType = frozenBias == null ? frozen.weight().dtype() : frozenBias.dtype();
            @Nullable Tensor roundedBias =
                    bias == null ? null : temporaries.add(round(point, names, bias, biasType));
            Tensor weight = roundWeight(point, names, frozen.weight(), merged.weight());
            return new LinearWeights(weight, temporaries.keep(roundedBias));
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
            return roundWeight(point, adapterNames(here), point.table(), merged);
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
            String names = adapterNames(here);
            @Nullable Tensor bias = merged.bias();
            DType biasType = frozenBias == null ? frozen.weight().dtype() : frozenBias.dtype();
            @Nullable Tensor roundedBias =
                    bias == null ? null : temporaries.add(round(point, names, bias, biasType));
            Tensor weight = roundWeight(point, names, frozen.weight(), merged.weight());
            return new NormWeights(weight, temporaries.keep(roundedBias));
        }
    }

    /** Rounds an exact sum; one that is finite in float32 can still be too large for float16. */
    private Tensor round(InjectionPoint point, String names, Tensor exact, DType dtype) {
        Tensor rounded = ops.cast(exact, dtype);
        if (!ops.allFinite(rounded)) {
            rounded.close();
            throw new NonFiniteException(
                    "merging "
                            + names
                            + " would put NaN or infinity into "
                            + point.path()
                            + ", which is "
                            + dtype
                            + "; nothing was merged. The adapter is damaged, its training"
                            + " diverged, or its changes are too large: train it again or load an"
                            + " earlier one.");
        }
        return rounded;
    }

    /** Rounds an exact weight to the frozen one's dtype and notes how far it moved. */
    private Tensor roundWeight(InjectionPoint point, String names, Tensor frozen, Tensor exact) {
        Tensor rounded = round(point, names, exact, frozen.dtype());
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

        /** Takes a tensor out: the caller closes it. */
        @Nullable Tensor keep(@Nullable Tensor tensor) {
            tensors.removeIf(t -> t == tensor);
            return tensor;
        }

        @Override
        public void close() {
            tensors.forEach(Tensor::close);
        }
    }
}
