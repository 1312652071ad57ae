package org.peft4j.prompt.prefix;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.AdapterBuilder;
import org.peft4j.core.BaseModel;
import org.peft4j.core.Encoding;
import org.peft4j.core.Initializer;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftMethod;
import org.peft4j.core.TaskType;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.ops.Activation;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.AttentionPoint;
import org.peft4j.prompt.VirtualTokens;
import org.peft4j.prompt.internal.SoftPrompt;
import org.peft4j.prompt.internal.Tasks;

/** Prefix tuning (Li and Liang 2021) and P-tuning v2 (Liu et al. 2022). */
public final class PrefixTuningMethod implements PeftMethod {

    static final String KEY = "prompt_embeddings";

    static final String CROSS_KEY = "cross_prompt_embeddings";

    @Override
    public String peftType() {
        return PrefixTuningConfig.PEFT_TYPE;
    }

    @Override
    public PrefixTuningConfig readConfig(JsonFields json) {
        return PrefixTuningConfigJson.read(json);
    }

    static PrefixTuningConfig require(PeftConfig config) {
        if (config instanceof PrefixTuningConfig prefix) {
            return prefix;
        }
        throw new PeftException(
                "a PREFIX_TUNING adapter needs a PrefixTuningConfig, not a "
                        + config.getClass().getName()
                        + ".");
    }

    @Override
    public PrefixTuningConfig resolve(PeftConfig config, BaseModel base) {
        PrefixPoints points = PrefixPoints.of(base.points());
        PrefixTuningConfig prefix = require(config);
        if (prefix.crossAttention() && !points.isEncoderDecoder()) {
            throw new PeftException(
                    "cross_attention_prefix is for encoder-decoders, and this base has no cross"
                            + " attention. Leave it out.");
        }
        return prefix.settled(
                Tasks.settled(prefix.origin(), base),
                settled(prefix.virtualTokens(), base, points));
    }

    /** As peft, but by the keys that the base has, whatever the width of the model. */
    private static VirtualTokens settled(VirtualTokens open, BaseModel base, PrefixPoints points) {
        AttentionPoint first = points.self().get(0);
        int submodules = base.info().task() == TaskType.SEQ_2_SEQ_LM ? 2 : 1;
        return new VirtualTokens(
                open.count(),
                orElse(open.tokenDim(), first.keyValueHeads() * first.headDim()),
                orElse(open.submodules(), submodules),
                orElse(open.attentionHeads(), first.keyValueHeads()),
                orElse(open.layers(), points.self().size()));
    }

    private static int orElse(@Nullable Integer given, int usual) {
        return given == null ? usual : given;
    }

    @Override
    public void build(PeftConfig config, AdapterBuilder builder) {
        PrefixTuningConfig prefix = require(config);
        PrefixPoints points = PrefixPoints.of(builder.points());
        builder.modulePrefix(SoftPrompt.MODULE_PREFIX);
        requireRoom(prefix, builder.info().maxPositions());
        Encoding matrix = matrix(prefix, builder, KEY, "");
        // peft hands out the layers of an encoder-decoder two by two, for self and cross attention
        place(prefix, builder, points.self(), matrix, prefix.submodules());
        if (prefix.crossAttention()) {
            place(prefix, builder, points.cross(), matrix(prefix, builder, CROSS_KEY, "cross."), 1);
        }
        builder.place(points.input(), new PrefixInput(prefix.virtualTokens().count()));
    }

    private static void requireRoom(PrefixTuningConfig prefix, int maxPositions) {
        if (maxPositions > 0 && prefix.virtualTokens().count() >= maxPositions) {
            throw new PeftException(
                    "num_virtual_tokens is "
                            + prefix.virtualTokens().count()
                            + ", which leaves no room for a text: this base has "
                            + maxPositions
                            + " positions. Use fewer.");
        }
    }

    private static Encoding matrix(
            PrefixTuningConfig prefix, AdapterBuilder builder, String key, String names) {
        int tokens = prefix.virtualTokens().count();
        long columns = prefix.columns();
        if (!prefix.prefixProjection()) {
            Initializer start =
                    prefix.startsAtZero() ? Initializer.constant(0) : Initializer.normal(1);
            Tensor flat = builder.parameter(key, start, tokens, columns);
            return context -> flat;
        }
        PrefixEncoder encoder =
                new PrefixEncoder(
                        new PrefixEncoder.Names(names + "embedding", names + "transform"),
                        tokens,
                        prefix.virtualTokens().width(),
                        prefix.hidden(),
                        columns,
                        Activation.TANH,
                        prefix.startsAtZero());
        return builder.encoded(key, encoder::build, tokens, columns);
    }

    private static void place(
            PrefixTuningConfig prefix,
            AdapterBuilder builder,
            List<AttentionPoint> layers,
            Encoding matrix,
            int stride) {
        long width = prefix.virtualTokens().width();
        int count = prefix.layers();
        for (int layer = 0; layer < Math.min(count, layers.size()); layer++) {
            AttentionPoint point = layers.get(layer);
            requireFit(prefix, point);
            long block = (long) stride * layer % count;
            builder.place(
                    point, new Prefix(matrix, prefix.virtualTokens().count(), 2 * block * width));
        }
    }

    private static void requireFit(PrefixTuningConfig prefix, AttentionPoint point) {
        int width = point.keyValueHeads() * point.headDim();
        @Nullable Integer heads = prefix.virtualTokens().attentionHeads();
        if (prefix.virtualTokens().width() != width
                || heads == null
                || heads != point.keyValueHeads()) {
            throw new PeftException(
                    "token_dim is "
                            + prefix.virtualTokens().width()
                            + " and num_attention_heads "
                            + heads
                            + ", but the keys of "
                            + point.path()
                            + " have the width "
                            + width
                            + " in "
                            + point.keyValueHeads()
                            + " heads. Leave both out, so that they follow from the base.");
        }
    }
}
