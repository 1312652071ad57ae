package org.peft4j.prompt.prefix;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.Parameter;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.ops.DType;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.AttentionFlow;
import org.peft4j.core.points.AttentionPlacement;
import org.peft4j.core.points.AttentionPoint;

/** Starts a prefix from something better than chance. */
public final class PrefixInitialization {

    private PrefixInitialization() {}

    /**
     * Replaces a prefix by the keys and values that the base computes for a text (Li and Liang
     * 2021, section 4.4: real activations start better than random ones, most of all with little
     * data). On a decoder the adapter then acts, until it is trained, as if the text stood before
     * every input; an encoder would also let the text see the input, so that there it is a start
     * and no more.
     *
     * @param model holds the adapter
     * @param adapter the name of a prefix adapter without {@code prefix_projection}
     * @param ids the text, as many tokens as the prefix has
     * @throws PeftException if the adapter is of another kind, has an encoder or another length, or
     *     lets several layers share a prefix
     */
    public static void fromContext(PeftModel model, String adapter, long... ids) {
        PrefixTuningConfig config = PrefixTuningMethod.require(model.adapter(adapter).config());
        requireFit(adapter, config, ids);
        Parameter matrix =
                model.adapter(adapter)
                        .parameter(PrefixTuningMethod.KEY)
                        .orElseThrow(() -> encoded(adapter));
        List<AttentionPoint> layers = PrefixPoints.of(model.base().points()).self();
        float[] values = matrix.value().toFloats();
        Map<AttentionPoint, AttentionPlacement> notes = new LinkedHashMap<>();
        int columns = Math.toIntExact(config.columns());
        int width = config.virtualTokens().width();
        for (int layer = 0; layer < config.layers(); layer++) {
            notes.put(layers.get(layer), new Note(values, columns, 2 * layer * width, width));
        }
        try (ForwardContext context = model.watch(notes)) {
            model.base().hiddenStates(context, TokenBatch.of(ids), null);
        }
        try (Tensor noted = model.base().door().weights().floats(values, ids.length, columns)) {
            model.base().door().updates().assign(matrix.value(), noted);
        }
    }

    private static void requireFit(String adapter, PrefixTuningConfig config, long[] ids) {
        if (ids.length != config.virtualTokens().count()) {
            throw new PeftException(
                    "the prefix of "
                            + adapter
                            + " has "
                            + config.virtualTokens().count()
                            + " virtual tokens, but the context "
                            + ids.length
                            + ". Give a context of as many, or add the adapter with as many virtual"
                            + " tokens.");
        }
        if (config.submodules() > 1 && config.layers() > 1) {
            throw new PeftException(
                    "the layers of an encoder-decoder share prefixes in peft's format"
                            + " (num_transformer_submodules 2), so that "
                            + adapter
                            + " cannot hold what each layer makes of a context. Set"
                            + " num_transformer_submodules to 1.");
        }
    }

    private static PeftException encoded(String adapter) {
        return new PeftException(
                "the prefix of "
                        + adapter
                        + " is made by an encoder (prefix_projection), which cannot be set to given"
                        + " keys and values. Add the adapter without it.");
    }

    /** Writes an attention's keys and values to their columns of the prefix. */
    private record Note(float[] matrix, int columns, int keyColumn, int width)
            implements AttentionPlacement {

        @Override
        public AttentionFlow before(ForwardContext context, AttentionFlow flow) {
            write(context.ops(), flow.keys(), keyColumn);
            write(context.ops(), flow.values(), keyColumn + width);
            return flow;
        }

        private void write(Ops ops, Tensor heads, int column) {
            Tensor byToken = ops.permute(ops.cast(heads, DType.FLOAT32), 0, 2, 1, 3);
            float[] elements = byToken.toFloats();
            for (int i = 0; i < elements.length / width; i++) {
                System.arraycopy(elements, i * width, matrix, i * columns + column, width);
            }
        }
    }
}
