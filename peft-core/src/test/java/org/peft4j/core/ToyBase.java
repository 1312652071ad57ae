package org.peft4j.core;

import ai.djl.Device;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.ops.AttentionScores;
import org.peft4j.core.ops.DType;
import org.peft4j.core.ops.OperatorDoor;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.AdapterPlace;
import org.peft4j.core.points.AttentionFlow;
import org.peft4j.core.points.AttentionPoint;
import org.peft4j.core.points.EmbeddingPoint;
import org.peft4j.core.points.InputFlow;
import org.peft4j.core.points.InputPoint;
import org.peft4j.core.points.LinearPoint;
import org.peft4j.core.points.LinearRole;
import org.peft4j.core.points.LinearWeights;
import org.peft4j.core.points.NormPoint;
import org.peft4j.core.points.NormWeights;
import org.peft4j.core.points.SublayerFlow;
import org.peft4j.core.points.SublayerPoint;

/** A transformer of one layer with one point of every kind; its loss predicts the given labels. */
final class ToyBase implements BaseModel {

    static final int VOCABULARY = 11;
    static final int WIDTH = 4;

    private final OperatorDoor door = OperatorDoor.open(Device.cpu());
    private final Random random = new Random(3);
    final EmbeddingPoint embedding = new EmbeddingPoint("embed", weight(VOCABULARY, WIDTH));
    final InputPoint input = new InputPoint("decoder", InputPoint.Kind.DECODER, embedding, null);
    final NormPoint norm =
            new NormPoint(
                    "layer.norm", NormPoint.Kind.RMS, 1e-5, new NormWeights(weight(WIDTH), null));
    final AttentionPoint attention =
            new AttentionPoint("layer.attn", AttentionPoint.Kind.SELF, 1, 1, WIDTH);
    final LinearPoint linear = linear("layer.fc", LinearRole.OTHER, WIDTH, weight(WIDTH));
    final SublayerPoint sublayer =
            new SublayerPoint(
                    "layer.mlp",
                    SublayerPoint.Kind.FEED_FORWARD,
                    WIDTH,
                    new AdapterPlace("", "layer.output_adapters", 0),
                    SublayerPoint.Sum.OWN,
                    null);
    final LinearPoint head = linear("lm_head", LinearRole.OUTPUT_EMBEDDING, VOCABULARY, null);
    private final InjectionPoints points =
            new InjectionPoints(List.of(embedding, input, norm, attention, linear, sublayer, head));

    private Tensor weight(long... shape) {
        int n = 1;
        for (long size : shape) {
            n *= (int) size;
        }
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return door.weights().floats(values, shape);
    }

    private LinearPoint linear(String path, LinearRole role, int out, @Nullable Tensor bias) {
        return new LinearPoint(
                path, role, new LinearWeights(weight(out, WIDTH), bias), LinearPoint.Layout.OUT_IN);
    }

    @Override
    public ModelInfo info() {
        return new ModelInfo(
                "toy", "toy", TaskType.CAUSAL_LM, DType.FLOAT32, WIDTH, VOCABULARY, 1, 112, 0);
    }

    @Override
    public JsonObject config() {
        return new JsonObject();
    }

    @Override
    public InjectionPoints points() {
        return points;
    }

    @Override
    public OperatorDoor door() {
        return door;
    }

    @Override
    public Tensor hiddenStates(
            ForwardContext context, TokenBatch batch, @Nullable DecodingCache cache) {
        Ops ops = context.ops();
        Tensor ids = ops.longs(batch.inputIds(), batch.rows(), batch.length());
        Tensor x =
                input.forward(
                                context,
                                new InputFlow(embedding.forward(context, ids), batch.layout()))
                        .embeddings();
        Tensor read = norm.forward(context, x);
        Tensor heads = ops.attention().heads(read, WIDTH);
        Tensor attended =
                attention.forward(
                        context,
                        new AttentionFlow(
                                read, heads, heads, heads, new AttentionScores(null, true, 0.5)));
        Tensor y = linear.forward(context, attended);
        return sublayer.join(context, new SublayerFlow(x, read, y));
    }

    @Override
    public Tensor logits(ForwardContext context, Tensor hidden, TokenBatch batch) {
        return head.forward(context, hidden);
    }

    @Override
    public TaskLoss loss(ForwardContext context, TokenBatch batch, double scale) {
        Ops ops = context.ops();
        long[] labels = batch.requireLabels();
        List<Long> at = new ArrayList<>();
        List<Long> wanted = new ArrayList<>();
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] != TokenBatch.IGNORED) {
                at.add((long) i);
                wanted.add(labels[i]);
            }
        }
        int n = at.size();
        int[] rows = at.stream().mapToInt(i -> (int) (i / batch.length())).toArray();
        Tensor index = ops.longs(at.stream().mapToLong(Long::longValue).toArray(), n);
        Tensor hidden = ops.flatRows(hiddenStates(context, batch, null), index);
        Tensor loss =
                ops.crossEntropy(
                        head.forward(context.forRows(rows), hidden),
                        ops.longs(wanted.stream().mapToLong(Long::longValue).toArray(), n));
        return new TaskLoss(loss.toDouble(), n, ops.scale(loss, scale), null);
    }

    @Override
    public long lossCount(TokenBatch batch) {
        return java.util.Arrays.stream(batch.requireLabels())
                .filter(label -> label != TokenBatch.IGNORED)
                .count();
    }

    @Override
    public DecodingCache newCache(int rows, int capacity) {
        throw new UnsupportedOperationException("the toy does not decode");
    }

    @Override
    public void write(Path directory, WeightOverlay changed) {
        throw new UnsupportedOperationException("the toy has no checkpoint");
    }

    @Override
    public Set<String> tiedWeights() {
        return Set.of();
    }

    @Override
    public void close() {
        door.close();
    }
}
