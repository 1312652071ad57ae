package org.peft4j.transformers.parts;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.FrozenWeights;
import org.peft4j.core.InjectionPoints;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.AttentionPoint;
import org.peft4j.core.points.EmbeddingPoint;
import org.peft4j.core.points.InjectionPoint;
import org.peft4j.core.points.InputPoint;
import org.peft4j.core.points.LinearPoint;
import org.peft4j.core.points.LinearRole;
import org.peft4j.core.points.LinearWeights;
import org.peft4j.core.points.NormPoint;
import org.peft4j.core.points.NormWeights;
import org.peft4j.core.points.SublayerPoint;

/**
 * Makes a base's injection points from the tensors of its checkpoint and keeps the list of them.
 * Call it in the order of the forward pass. A tensor that is missing, or has another shape than the
 * config implies, is an error that names it.
 */
public final class Modules {

    private final FrozenWeights weights;
    private final List<InjectionPoint> points = new ArrayList<>();
    private final Set<Tensor> tensors = Collections.newSetFromMap(new IdentityHashMap<>());

    /** Begins an empty list. */
    public Modules(FrozenWeights weights) {
        this.weights = weights;
    }

    /** A linear map stored as [out, in], with or without a bias. */
    public LinearPoint linear(String path, LinearRole role, long out, long in, boolean bias) {
        return linear(
                path,
                role,
                new LinearWeights(
                        tensor(path + ".weight", out, in),
                        bias ? tensor(path + ".bias", out) : null));
    }

    /** A linear map whose weight is another module's, as that of a tied head. */
    public LinearPoint linear(String path, LinearRole role, LinearWeights shared) {
        return add(new LinearPoint(path, role, shared, LinearPoint.Layout.OUT_IN));
    }

    /** A table of embeddings, [rows, width]. */
    public EmbeddingPoint embedding(String path, long rows, long width) {
        return add(new EmbeddingPoint(path, tensor(path + ".weight", rows, width)));
    }

    /** A root-mean-square norm. */
    public NormPoint rmsNorm(String path, long width, double epsilon) {
        return norm(path, NormPoint.Kind.RMS, epsilon, tensor(path + ".weight", width), null);
    }

    private NormPoint norm(
            String path,
            NormPoint.Kind kind,
            double epsilon,
            Tensor weight,
            @Nullable Tensor bias) {
        return add(new NormPoint(path, kind, epsilon, new NormWeights(weight, bias)));
    }

    /** An attention core over the sequence itself. */
    public AttentionPoint selfAttention(String path, int heads, int keyValueHeads, int headDim) {
        return add(
                new AttentionPoint(path, AttentionPoint.Kind.SELF, heads, keyValueHeads, headDim));
    }

    /** The way from attention or feed-forward to the residual stream. */
    public SublayerPoint sublayer(String path, SublayerPoint.Kind kind, long width) {
        return add(new SublayerPoint(path, kind, width));
    }

    /** The embedded sequence. */
    public InputPoint input(String path, long width) {
        return add(new InputPoint(path, width));
    }

    /** Returns all points made so far. */
    public InjectionPoints points() {
        return new InjectionPoints(points);
    }

    /** Returns the elements of all tensors used so far; a tensor used twice counts once. */
    public long parameters() {
        return tensors.stream().mapToLong(Tensor::elements).sum();
    }

    private Tensor tensor(String name, long... shape) {
        Tensor tensor = weights.get(name, shape);
        tensors.add(tensor);
        return tensor;
    }

    private <P extends InjectionPoint> P add(P point) {
        points.add(point);
        return point;
    }
}
