package org.peft4j.transformers.parts;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.BadFileException;
import org.peft4j.core.InjectionPoints;
import org.peft4j.core.TaskType;
import org.peft4j.core.files.Names;
import org.peft4j.core.files.TensorEntry;
import org.peft4j.core.ops.Activation;
import org.peft4j.core.ops.FusedLayout;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.ops.WeightOps;
import org.peft4j.core.points.AdapterPlace;
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
import org.peft4j.transformers.heads.HeadConfig;
import org.peft4j.transformers.parts.layers.GatedFeedForward;
import org.peft4j.transformers.parts.layers.HeadShape;

/**
 * Makes a base's injection points from the tensors of its checkpoint and keeps the list of them.
 * Call it in the order of the forward pass. A tensor that is missing, or has another shape than the
 * config implies, is an error that names it.
 *
 * <p>Paths are those of the model that {@code transformers} would build for the task: {@code
 * bert.encoder.layer.0 …} under a head, {@code encoder.layer.0 …} where the hidden states are the
 * result. {@link #root} is the part that differs. The file may have either.
 */
public final class Modules {

    private final OpenedCheckpoint checkpoint;
    private final HeadConfig head;
    private final String root;
    private final WeightNames names;
    private final List<InjectionPoint> points = new ArrayList<>();
    private final Set<Tensor> tensors = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Map<String, Tensor> fresh = new LinkedHashMap<>();

    /**
     * Begins an empty list.
     *
     * @param head which head the model gets
     * @param prefixes the attribute under which models with a head keep the transformer, as {@code
     *     bert}, or nothing; the first is this model's, further ones may be in files
     */
    public Modules(OpenedCheckpoint checkpoint, HeadConfig head, String... prefixes) {
        this.checkpoint = checkpoint;
        this.head = head;
        boolean bare = head.task() == TaskType.FEATURE_EXTRACTION || prefixes[0].isEmpty();
        this.root = bare ? "" : prefixes[0] + ".";
        this.names =
                new WeightNames(
                        checkpoint.files(),
                        root,
                        Arrays.stream(prefixes)
                                .filter(prefix -> !prefix.isEmpty())
                                .map(prefix -> prefix + ".")
                                .toList());
    }

    /** Returns what the paths of the transformer start with: {@code bert.}, or nothing. */
    public String root() {
        return root;
    }

    /** Returns the path of the transformer itself: {@code bert}, or nothing. */
    public String rootPath() {
        return root.isEmpty() ? "" : root.substring(0, root.length() - 1);
    }

    /** Returns the id that fills, {@code pad_token_id}, where the config has one. */
    public OptionalInt padId() {
        return checkpoint.files().configFields().optionalInt("pad_token_id");
    }

    /** Returns which head the model gets. */
    public HeadConfig head() {
        return head;
    }

    /**
     * Says that files call a module otherwise than the model does.
     *
     * @param path the model's path, as {@code lm_head}
     * @param stored the path in files, as {@code embed_out}
     */
    public void storedAs(String path, String stored) {
        names.storedAs(path, stored);
    }

    /** Returns whether the checkpoint holds a tensor of a model's name. */
    public boolean has(String name) {
        return names.find(name).isPresent();
    }

    /**
     * Lets a tensor go by another name where the file has none of its own: one of several that are
     * the same, of which a file need hold but one.
     */
    public void alias(String name, String... others) {
        for (String other : others) {
            if (!has(name)) {
                names.alias(name, other);
            }
        }
    }

    /**
     * Returns the tensor of a name that usually is another's copy, where the file holds it and it
     * is none.
     *
     * @param name the model's name of it
     * @param usual what it usually is a copy of
     */
    public Optional<Tensor> unlike(String name, Tensor usual) {
        if (!has(name)) {
            return Optional.empty();
        }
        Tensor own = checkpoint.weights().get(names.stored(name), usual.shape().getShape());
        if (checkpoint.door().weights().maxDifference(own, usual) == 0) {
            return Optional.empty();
        }
        tensors.add(own);
        return Optional.of(own);
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

    /** A linear map stored as [in, out], with a bias: GPT-2's Conv1D. */
    public LinearPoint conv1d(String path, LinearRole role, long out, long in) {
        Tensor stored = tensor(path + ".weight", in, out);
        return add(
                new LinearPoint(
                        path,
                        role,
                        new LinearWeights(
                                checkpoint.door().weights().transpose(stored),
                                tensor(path + ".bias", out)),
                        LinearPoint.Layout.IN_OUT));
    }

    /**
     * A linear map of the task's head. One that the checkpoint does not hold, or whose replacement
     * was asked for, is fresh: normal weights and zero biases.
     *
     * @param deviation the standard deviation of fresh weights, {@code initializer_range}
     */
    public LinearPoint headLinear(String path, long out, long in, boolean bias, double deviation) {
        LinearWeights weights;
        if (!head.replace() && has(path + ".weight")) {
            weights =
                    new LinearWeights(
                            tensor(path + ".weight", out, in),
                            bias ? tensor(path + ".bias", out) : null);
        } else {
            weights =
                    new LinearWeights(
                            normal(path + ".weight", deviation, out, in),
                            bias ? normal(path + ".bias", 0, out) : null);
        }
        return linear(path, LinearRole.TASK_HEAD, weights);
    }

    private Tensor normal(String name, double deviation, long... shape) {
        long elements = Arrays.stream(shape).reduce(1, Math::multiplyExact);
        float[] values = new float[Math.toIntExact(elements)];
        SplittableRandom random = new SplittableRandom(head.seed() ^ name.hashCode());
        for (int i = 0; i < values.length; i++) {
            values[i] = deviation == 0 ? 0 : (float) (random.nextGaussian() * deviation);
        }
        WeightOps ops = checkpoint.door().weights();
        try (Tensor wide = ops.floats(values, shape)) {
            Tensor tensor = ops.cast(wide, checkpoint.dtype());
            tensors.add(tensor);
            fresh.put(name, tensor);
            return tensor;
        }
    }

    /** A table of embeddings, [rows, width]. */
    public EmbeddingPoint embedding(String path, long rows, long width) {
        return embedding(path, tensor(path + ".weight", rows, width));
    }

    /** A table of positions that finds its rows by itself. */
    public EmbeddingPoint shiftedEmbedding(String path, long rows, long width) {
        return add(new EmbeddingPoint(path, tensor(path + ".weight", rows, width), true));
    }

    /** A table that is another module's. */
    public EmbeddingPoint embedding(String path, Tensor shared) {
        return add(new EmbeddingPoint(path, shared));
    }

    /** A root-mean-square norm. */
    public NormPoint rmsNorm(String path, long width, double epsilon) {
        return norm(path, NormPoint.Kind.RMS, epsilon, tensor(path + ".weight", width), null);
    }

    /** A root-mean-square norm with weights counted from 1, as Gemma has it. */
    public NormPoint offsetRmsNorm(String path, long width, double epsilon) {
        Tensor weight = tensor(path + ".weight", width);
        return norm(path, NormPoint.Kind.OFFSET_RMS, epsilon, weight, null);
    }

    /** A layer norm with a bias. */
    public NormPoint layerNorm(String path, long width, double epsilon) {
        Tensor weight = tensor(path + ".weight", width);
        return norm(path, NormPoint.Kind.LAYER, epsilon, weight, tensor(path + ".bias", width));
    }

    /** A layer norm without weights, which is therefore no point where methods may act. */
    public NormPoint bareLayerNorm(String path, int width, double epsilon) {
        float[] ones = new float[width];
        Arrays.fill(ones, 1);
        return new NormPoint(
                path,
                NormPoint.Kind.LAYER,
                epsilon,
                new NormWeights(constant(ones), constant(new float[width])));
    }

    private Tensor constant(float[] values) {
        WeightOps ops = checkpoint.door().weights();
        try (Tensor wide = ops.floats(values, values.length)) {
            return ops.cast(wide, checkpoint.dtype());
        }
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

    /** An attention core over the sequence itself. */
    public AttentionPoint selfAttention(String path, HeadShape heads) {
        return selfAttention(path, heads.heads(), heads.keyValueHeads(), heads.headDim());
    }

    /** An attention core whose queries, keys and values come from one projection. */
    public AttentionPoint fusedAttention(String path, HeadShape heads, FusedLayout layout) {
        return add(
                new AttentionPoint(
                        path,
                        AttentionPoint.Kind.SELF,
                        heads.heads(),
                        heads.keyValueHeads(),
                        heads.headDim(),
                        layout));
    }

    /**
     * A gated feed-forward of {@code gate_proj}, {@code up_proj} and {@code down_proj}.
     *
     * @param inner its own width
     */
    public GatedFeedForward gatedFeedForward(
            String path, long width, long inner, boolean bias, Activation activation) {
        return new GatedFeedForward(
                linear(path + ".gate_proj", LinearRole.FEED_FORWARD_GATE, inner, width, bias),
                linear(path + ".up_proj", LinearRole.FEED_FORWARD_UP, inner, width, bias),
                linear(path + ".down_proj", LinearRole.FEED_FORWARD_DOWN, width, inner, bias),
                activation);
    }

    /** An attention core over the encoder's output. */
    public AttentionPoint crossAttention(String path, int heads, int headDim) {
        return add(new AttentionPoint(path, AttentionPoint.Kind.CROSS, heads, heads, headDim));
    }

    /**
     * Where a sublayer joins the residual stream.
     *
     * @param path the path of the sublayer
     * @param kind which sublayer
     * @param width of the stream
     * @param place where AdapterHub keeps its adapters
     * @param norm the norm behind the sum, or null
     */
    public SublayerPoint sublayer(
            String path,
            SublayerPoint.Kind kind,
            long width,
            AdapterPlace place,
            @Nullable NormPoint norm) {
        return add(new SublayerPoint(path, kind, width, place, SublayerPoint.Sum.OWN, norm));
    }

    /** The same in a layer without norms behind sums, whose adapters are at the usual place. */
    public SublayerPoint sublayer(
            String path, SublayerPoint.Kind kind, long width, String layer, int index) {
        return sublayer(path, kind, width, adapters(layer, index, kind), null);
    }

    /** The same in a layer whose sublayers read the same stream. */
    public SublayerPoint parallelSublayer(
            String path, SublayerPoint.Kind kind, long width, String layer, int index) {
        AdapterPlace place = adapters(layer, index, kind);
        return add(new SublayerPoint(path, kind, width, place, SublayerPoint.Sum.SHARED, null));
    }

    /**
     * Where AdapterHub usually keeps a sublayer's adapters: in the layer, named for the sublayer.
     *
     * @param layer the path of the layer
     * @param index its number
     */
    public AdapterPlace adapters(String layer, int index, SublayerPoint.Kind kind) {
        String name =
                switch (kind) {
                    case ATTENTION -> "attention_adapters";
                    case CROSS_ATTENTION -> "cross_attention_adapters";
                    case FEED_FORWARD -> "output_adapters";
                };
        return adapters(layer + "." + name, index);
    }

    /**
     * Where AdapterHub keeps a sublayer's adapters in a family that has names of its own for that.
     *
     * @param path of the module that holds them
     * @param index the number of the layer
     */
    public AdapterPlace adapters(String path, int index) {
        return new AdapterPlace(rootPath(), path, index);
    }

    /** The embedded sequence of an encoder or a decoder. */
    public InputPoint input(String path, InputPoint.Kind kind, TokenEmbedding tokens) {
        return add(new InputPoint(path, kind, tokens.table(), tokens.factor()));
    }

    /** Returns all points made so far. */
    public InjectionPoints points() {
        return new InjectionPoints(points);
    }

    /** Returns the elements of all tensors used so far; a tensor used twice counts once. */
    public long parameters() {
        return tensors.stream().mapToLong(Tensor::elements).sum();
    }

    /**
     * Returns a tensor that is no part of a point, such as a table of relative positions.
     *
     * @param name the model's name of it
     * @param shape what the config implies
     */
    public Tensor tensor(String name, long... shape) {
        Tensor tensor = buffer(name, shape);
        tensors.add(tensor);
        return tensor;
    }

    /**
     * Returns a tensor that does not count as a parameter.
     *
     * @param name the model's name of it
     * @param shape what the config implies
     */
    public Tensor buffer(String name, long... shape) {
        Optional<String> stored = names.find(name);
        if (stored.isPresent() && head.task() != TaskType.FEATURE_EXTRACTION) {
            requireLabels(name, stored.get(), shape);
        }
        return checkpoint.weights().get(stored.orElse(name), shape);
    }

    /** A head with another number of labels is the one contradiction that a caller can mend. */
    private void requireLabels(String name, String stored, long... shape) {
        TensorEntry entry = checkpoint.files().entry(stored);
        boolean headOnly = !name.startsWith(root) && shape.length > 0 && shape[0] == head.size();
        if (headOnly && !Arrays.equals(entry.dimensions(), shape)) {
            throw new BadFileException(
                    entry.file(),
                    name
                            + " has the shape "
                            + Arrays.toString(entry.dimensions())
                            + ", but a head with the labels "
                            + Names.shorten(head.labels().toString())
                            + " implies "
                            + Arrays.toString(shape),
                    "Open it with as many labels as it was trained with, or ask for a fresh head"
                            + " with HeadOptions.replaced()");
        }
    }

    WeightNames names() {
        return names;
    }

    /** The tensors that the checkpoint does not hold, by name. */
    Map<String, Tensor> fresh() {
        return fresh;
    }

    private <P extends InjectionPoint> P add(P point) {
        points.add(point);
        return point;
    }
}
