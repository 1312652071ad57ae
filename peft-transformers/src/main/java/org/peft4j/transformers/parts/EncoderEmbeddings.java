package org.peft4j.transformers.parts;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.SequenceLayout;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.EmbeddingPoint;
import org.peft4j.core.points.InputFlow;
import org.peft4j.core.points.NormPoint;

/**
 * What an encoder of BERT's kind adds to its embedded tokens: learned positions, the type of the
 * text that a token is of, and a norm over the sum.
 *
 * @param types the table of token types, or null
 * @param positions the table of positions
 * @param rule how positions are counted
 * @param norm over the sum
 */
public record EncoderEmbeddings(
        @Nullable EmbeddingPoint types, EmbeddingPoint positions, Counting rule, NormPoint norm)
        implements EncoderStack.Entrance {

    /** How the positions of a batch are counted. */
    @FunctionalInterface
    public interface Counting {

        /** By index from 0, padding included: BERT. */
        Counting BY_INDEX = byIndex(0);

        /**
         * Counts.
         *
         * @param layout with the virtual tokens of methods
         * @param batch the tokens without them
         * @return a row of the table for each position, [rows, length]
         */
        long[] positions(SequenceLayout layout, TokenBatch batch);

        /**
         * By index, padding included.
         *
         * @param first the position of the first token
         */
        static Counting byIndex(int first) {
            return (layout, batch) ->
                    Arrays.stream(Indices.of(layout, batch)).map(index -> first + index).toArray();
        }

        /**
         * RoBERTa's way: tokens count from padId + 1 and every padding token, known by its id, is
         * at padId. With virtual tokens there are no ids to know padding by, so {@code
         * transformers} counts by index from padId + 1.
         *
         * @param padId the padding token's id
         */
        static Counting byTokens(int padId) {
            Counting virtual = byIndex(padId + 1);
            return (layout, batch) -> {
                if (layout.length() != batch.length()) {
                    return virtual.positions(layout, batch);
                }
                long[] positions = batch.inputIds().clone();
                int[] missing = Indices.missingPrefix(layout, batch);
                long tokens = 0;
                for (int i = 0; i < positions.length; i++) {
                    tokens = i % layout.length() == 0 ? 0 : tokens;
                    boolean token = positions[i] != padId;
                    tokens += token ? 1 : 0;
                    int before = layout.past() - missing[i / layout.length()];
                    positions[i] = padId + (token ? tokens + before : 0);
                }
                return positions;
            };
        }
    }

    @Override
    public boolean readsTypes() {
        return types != null;
    }

    @Override
    public Tensor enter(ForwardContext context, InputFlow flow, TokenBatch batch) {
        Ops ops = context.ops();
        SequenceLayout layout = flow.layout();
        Tensor sum = flow.embeddings();
        if (types != null) {
            long[] ids = TokenTypes.of(types, layout, batch);
            sum = ops.add(sum, embed(context, types, ids, layout));
        }
        sum = ops.add(sum, embed(context, positions, places(layout, batch), layout));
        return norm.forward(context, sum);
    }

    private static Tensor embed(
            ForwardContext context, EmbeddingPoint table, long[] ids, SequenceLayout layout) {
        return table.forward(context, context.ops().longs(ids, layout.rows(), layout.length()));
    }

    private long[] places(SequenceLayout layout, TokenBatch batch) {
        long[] places = rule.positions(layout, batch);
        PositionLimit.check(layout, places, batch, positions.vocabulary());
        return places;
    }
}
