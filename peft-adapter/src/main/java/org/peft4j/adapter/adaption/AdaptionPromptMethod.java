package org.peft4j.adapter.adaption;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.AdapterBuilder;
import org.peft4j.core.BaseModel;
import org.peft4j.core.Initializer;
import org.peft4j.core.InjectionPoints;
import org.peft4j.core.NearNames;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftMethod;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.AttentionPoint;
import org.peft4j.core.points.InputPoint;

/** LLaMA-Adapter (Zhang et al. 2023), peft's ADAPTION_PROMPT. */
public final class AdaptionPromptMethod implements PeftMethod {

    @Override
    public String peftType() {
        return AdaptionPromptConfig.PEFT_TYPE;
    }

    @Override
    public AdaptionPromptConfig readConfig(JsonFields json) {
        return AdaptionPromptConfigJson.read(json);
    }

    private static AdaptionPromptConfig require(PeftConfig config) {
        if (config instanceof AdaptionPromptConfig adaption) {
            return adaption;
        }
        throw new PeftException(
                "an ADAPTION_PROMPT adapter needs an AdaptionPromptConfig, not a "
                        + config.getClass().getName()
                        + ".");
    }

    @Override
    public AdaptionPromptConfig resolve(PeftConfig config, BaseModel base) {
        List<AttentionPoint> all = attentions(base.points());
        AdaptionPromptConfig adaption = require(config);
        String target = adaption.targetModules();
        AdaptionPromptConfig named =
                target == null ? adaption.withTarget(all.get(0).name()) : adaption;
        return named.adapterLayers() == null
                ? named.withLayers(named(all, named.targetModules()).size())
                : named;
    }

    /** The self attentions of the decoder, or of an encoder that stands alone. */
    private static List<AttentionPoint> attentions(InjectionPoints points) {
        List<InputPoint> inputs = points.of(InputPoint.class);
        InputPoint input =
                inputs.stream()
                        .filter(point -> point.kind() == InputPoint.Kind.DECODER)
                        .findFirst()
                        .orElseGet(() -> inputs.get(0));
        String root = input.path().isEmpty() ? "" : input.path() + ".";
        List<AttentionPoint> found =
                points.of(AttentionPoint.class).stream()
                        .filter(point -> point.kind() == AttentionPoint.Kind.SELF)
                        .filter(point -> point.path().startsWith(root))
                        .toList();
        if (found.isEmpty()) {
            throw new PeftException(
                    "this base has no self attention, which ADAPTION_PROMPT acts in. Choose a"
                            + " transformer.");
        }
        return found;
    }

    private static List<AttentionPoint> named(List<AttentionPoint> all, @Nullable String target) {
        List<AttentionPoint> found =
                all.stream()
                        .filter(point -> target == null || point.path().endsWith("." + target))
                        .toList();
        if (found.isEmpty()) {
            throw new PeftException(
                    "target_modules is "
                            + target
                            + ", but no self attention has that name. "
                            + NearNames.hint(
                                    String.valueOf(target),
                                    all.stream().map(AttentionPoint::name).distinct().toList()));
        }
        return found;
    }

    @Override
    public void build(PeftConfig config, AdapterBuilder builder) {
        AdaptionPromptConfig adaption = require(config);
        List<AttentionPoint> all = named(attentions(builder.points()), adaption.targetModules());
        int layers = adaption.settledLayers();
        if (layers > all.size()) {
            throw new PeftException(
                    "adapter_layers is "
                            + layers
                            + ", but this base has "
                            + all.size()
                            + " self attentions named "
                            + adaption.targetModules()
                            + ". Choose at most so many.");
        }
        for (AttentionPoint point : all.subList(all.size() - layers, all.size())) {
            place(adaption, builder, point);
        }
    }

    private static void place(
            AdaptionPromptConfig adaption, AdapterBuilder builder, AttentionPoint point) {
        PromptProjection projection = PromptProjection.of(builder.points(), point);
        String key = AdapterBuilder.KEY_PREFIX + point.path();
        Tensor gate = builder.parameter(key + ".adaption_gate", Initializer.constant(0), 1);
        Tensor prompt =
                builder.parameter(
                        key + ".adaption_prompt",
                        Initializer.normal(1),
                        1,
                        adaption.adapterLen(),
                        projection.in());
        AdaptionPrompt placement = new AdaptionPrompt(prompt, gate, projection);
        builder.place(point, placement);
        if (projection.isAddedBehind()) {
            builder.place(projection.output(), new AdaptionPrompt.Behind(placement));
        }
    }
}
