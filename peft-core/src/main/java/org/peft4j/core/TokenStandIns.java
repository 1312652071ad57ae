package org.peft4j.core;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.ops.DType;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.ops.WeightOps;
import org.peft4j.core.points.EmbeddingPlacement;
import org.peft4j.core.points.EmbeddingPoint;
import org.peft4j.core.points.InjectionPoint;
import org.peft4j.core.points.LinearCall;
import org.peft4j.core.points.LinearPlacement;
import org.peft4j.core.points.LinearPoint;
import org.peft4j.core.points.LinearWeights;

/**
 * Trained rows of a table, which stand in for the frozen ones wherever the base uses the table. The
 * table itself is never copied for a pass.
 */
final class TokenStandIns {

    private static final String NAME = "trainable_tokens_delta";

    private final AdapterBuilder builder;
    private final TokenRows rows;
    private final int[] tokens;

    TokenStandIns(AdapterBuilder builder, TokenRows rows) {
        this.builder = builder;
        this.rows = rows;
        this.tokens = rows.tokens().stream().mapToInt(Integer::intValue).toArray();
    }

    /** Places rows at an embedding and at linears that are tied to it. */
    void place(EmbeddingPoint point, List<LinearPoint> followers) {
        int[] order =
                IntStream.range(0, tokens.length)
                        .boxed()
                        .sorted(Comparator.comparing(i -> tokens[i]))
                        .mapToInt(Integer::intValue)
                        .toArray();
        Tensor values = values(point, point.table());
        builder.place(point, new OfEmbedding(tokens, order, values));
        followers.forEach(linear -> builder.place(linear, new OfLinear(tokens, values)));
        if (rows.repeated()) {
            followers.forEach(linear -> builder.alias(key(linear), key(point)));
            builder.points().of(EmbeddingPoint.class).stream()
                    .filter(other -> !other.equals(point) && other.table() == point.table())
                    .forEach(other -> builder.alias(key(other), key(point)));
        }
    }

    /** Places rows at a linear to the vocabulary. */
    void place(LinearPoint point) {
        builder.place(point, new OfLinear(tokens, values(point, point.frozen().weight())));
    }

    private Tensor values(InjectionPoint point, Tensor table) {
        rows.requireWithin(point, table.size(0));
        if (!rows.fromBase() || !builder.isFresh()) {
            return builder.parameter(
                    key(point), Initializer.normal(1), tokens.length, table.size(1));
        }
        try (Tensor frozen = builder.ops().rows(table, tokens)) {
            return builder.parameter(key(point), builder.ops().cast(frozen, DType.FLOAT32));
        }
    }

    private String key(InjectionPoint at) {
        String path = AdapterBuilder.KEY_PREFIX + at.path() + ".";
        return (rows.holder().isEmpty() ? path : path + rows.holder() + ".") + NAME;
    }

    private static Tensor index(Ops ops, int[] tokens) {
        return ops.longs(IntStream.of(tokens).asLongStream().toArray(), tokens.length);
    }

    /**
     * At the embedding.
     *
     * @param tokens n ids
     * @param order their places in ascending order
     * @param values [n, width], their embeddings
     */
    private record OfEmbedding(int[] tokens, int[] order, Tensor values)
            implements EmbeddingPlacement {

        @Override
        public Tensor forward(ForwardContext context, Tensor ids, Tensor embedded) {
            Ops ops = context.ops();
            int[] ascending = IntStream.of(order).map(i -> tokens[i]).toArray();
            Tensor ordered = ops.rows(values, index(ops, order));
            return ops.replaceTokens(embedded, ids, index(ops, ascending), ordered);
        }

        @Override
        public Tensor merge(WeightOps ops, Tensor table) {
            return ops.replaceRows(table, values, tokens);
        }
    }

    /**
     * At a linear to the vocabulary, such as one that is tied to the embedding: the outputs of the
     * tokens are products with their values.
     */
    private record OfLinear(int[] tokens, Tensor values) implements LinearPlacement {

        @Override
        public Tensor forward(ForwardContext context, LinearCall inner, Tensor x) {
            Ops ops = context.ops();
            Tensor index = index(ops, tokens);
            @Nullable Tensor bias = inner.weightsFor(x).bias();
            Tensor own =
                    ops.linear(
                            x,
                            ops.cast(values, x.dtype()),
                            bias == null ? null : ops.rows(bias, index));
            return ops.replaceFeatures(inner.apply(x), index, own);
        }

        @Override
        public LinearWeights merge(WeightOps ops, LinearWeights weights) {
            return weights.withWeight(ops.replaceRows(weights.weight(), values, tokens));
        }
    }
}
