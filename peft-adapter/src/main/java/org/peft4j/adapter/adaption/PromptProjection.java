package org.peft4j.adapter.adaption;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.InjectionPoints;
import org.peft4j.core.PeftException;
import org.peft4j.core.ops.AttentionOps;
import org.peft4j.core.ops.FusedLayout;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.AttentionPoint;
import org.peft4j.core.points.LinearPoint;
import org.peft4j.core.points.LinearRole;
import org.peft4j.core.points.LinearWeights;

/**
 * The frozen projections of an attention, found by their roles.
 *
 * @param attention the attention
 * @param key what gives the keys, or queries, keys and values in one
 * @param value what gives the values; the same where all are one
 * @param output what maps the attended values back
 */
record PromptProjection(
        AttentionPoint attention, LinearPoint key, LinearPoint value, LinearPoint output) {

    /** The output projection that peft sends a prompt's part through, as Llama names it. */
    private static final String OUTPUT = "o_proj";

    static PromptProjection of(InjectionPoints points, AttentionPoint attention) {
        boolean fused = attention.fused() != null;
        return new PromptProjection(
                attention,
                find(points, attention, fused ? LinearRole.QUERY_KEY_VALUE : LinearRole.KEY),
                find(points, attention, fused ? LinearRole.QUERY_KEY_VALUE : LinearRole.VALUE),
                find(points, attention, LinearRole.ATTENTION_OUTPUT));
    }

    private static LinearPoint find(
            InjectionPoints points, AttentionPoint attention, LinearRole role) {
        List<LinearPoint> ofRole =
                points.of(LinearPoint.class).stream()
                        .filter(point -> point.role() == role)
                        .toList();
        String path = attention.path();
        String parent = path.substring(0, Math.max(0, path.lastIndexOf('.')));
        for (String module : List.of(path + ".", parent + ".")) {
            for (LinearPoint point : ofRole) {
                if (point.path().startsWith(module)) {
                    return point;
                }
            }
        }
        throw new PeftException(
                attention.path()
                        + " has no projection with the role "
                        + role
                        + ", which ADAPTION_PROMPT needs. Choose other target_modules.");
    }

    boolean isFused() {
        return attention.fused() != null;
    }

    /**
     * Whether what a prompt gives is added behind the output projection. Where all of them are one
     * it is as it is; in Llama's kind it went through that projection on its own, and its bias acts
     * a second time.
     */
    boolean isAddedBehind() {
        return isFused() || (output.frozen().bias() != null && output.name().equals(OUTPUT));
    }

    /** What the output projection makes of x, [rows, length, heads · d], by itself. */
    Tensor output(ForwardContext context, Tensor x) {
        LinearWeights weights = context.weights(output);
        return context.ops().linear(x, weights.weight(), weights.bias());
    }

    /** The width of what the projections read. */
    long in() {
        return key.in();
    }

    /**
     * The keys of a prompt, and its values beside them, [1, tokens, 2 · key-value heads · d], in
     * the base's dtype.
     */
    Tensor keysAndValues(ForwardContext context, Tensor prompt) {
        Ops ops = context.ops();
        @Nullable FusedLayout layout = attention.fused();
        Tensor keys = project(context, key, prompt);
        if (layout == null) {
            return ops.concat(keys, project(context, value, prompt), 2);
        }
        AttentionOps.Projections parts =
                ops.attention().splitProjection(keys, attention.headDim(), layout);
        long tokens = prompt.size(1);
        return ops.concat(
                ops.reshape(parts.keys(), 1, tokens, -1),
                ops.reshape(parts.values(), 1, tokens, -1),
                2);
    }

    private static Tensor project(ForwardContext context, LinearPoint point, Tensor prompt) {
        LinearWeights weights = context.weights(point);
        Tensor read = context.ops().cast(prompt, weights.weight().dtype());
        return context.ops().linear(read, weights.weight(), weights.bias());
    }
}
