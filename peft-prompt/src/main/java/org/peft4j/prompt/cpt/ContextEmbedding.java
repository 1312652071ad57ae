package org.peft4j.prompt.cpt;

import org.peft4j.core.AdapterBuilder;
import org.peft4j.core.EncoderParameters;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.Initializer;
import org.peft4j.core.RecoverableEncoding;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.ops.UpdateOps;
import org.peft4j.core.ops.WeightOps;
import org.peft4j.core.points.InputPoint;

/**
 * The virtual tokens E + m ∘ δ. Labels and separators have m = 0: they stay what they are, and no
 * gradient comes to them.
 *
 * @param e E, the base's embeddings of the context, frozen, [tokens, width]
 * @param delta δ, which starts at 0, [tokens, width]
 * @param context says which tokens may change
 * @param weights on the base's device
 * @param updates on the base's device
 */
record ContextEmbedding(
        Tensor e, Tensor delta, CptContext context, WeightOps weights, UpdateOps updates)
        implements RecoverableEncoding {

    static ContextEmbedding of(
            CptConfig config,
            InputPoint input,
            AdapterBuilder builder,
            EncoderParameters parameters) {
        CptContext context = config.context();
        int[] ids = context.tokenIds().stream().mapToInt(Integer::intValue).toArray();
        Tensor e = builder.frozen(input.embeddings(builder.ops(), ids));
        Tensor delta =
                parameters.parameter(
                        "delta_embedding.weight",
                        Initializer.constant(0),
                        ids.length,
                        config.virtualTokens().width());
        return new ContextEmbedding(e, delta, context, builder.ops(), builder.updates());
    }

    /** δ is what the virtual tokens are away from E. */
    @Override
    public void recover(Tensor made) {
        try (Tensor minus = weights.scale(e, -1);
                Tensor away = weights.merge(made, minus)) {
            updates.assign(delta, away);
        }
    }

    @Override
    public Tensor in(ForwardContext pass) {
        Ops ops = pass.ops();
        float[] m = new float[context.size()];
        for (int i = 0; i < m.length; i++) {
            m[i] =
                    switch (context.kind(i)) {
                        case INPUT_TEMPLATE, INPUT, OUTPUT_TEMPLATE -> 1;
                        case SEPARATOR, LABEL -> 0;
                    };
        }
        return ops.add(e, ops.multiply(delta, ops.floats(m, m.length, 1)));
    }
}
