package org.peft4j.transformers;

import com.google.gson.JsonObject;
import java.util.List;
import org.peft4j.core.AdapterBuilder;
import org.peft4j.core.AdapterOrigin;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftMethod;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.AttentionPlacement;
import org.peft4j.core.points.AttentionPoint;
import org.peft4j.core.points.EmbeddingPoint;
import org.peft4j.core.points.InjectionPoint;
import org.peft4j.core.points.InputFlow;
import org.peft4j.core.points.InputPlacement;
import org.peft4j.core.points.InputPoint;
import org.peft4j.core.points.LinearPlacement;
import org.peft4j.core.points.LinearPoint;
import org.peft4j.core.points.SublayerPlacement;
import org.peft4j.core.points.SublayerPoint;

/**
 * A method that stands at points and changes nothing, so that a base must take the way that it
 * keeps for adapters; or that puts known tokens before the input.
 */
public final class ProbeMethod implements PeftMethod {

    /**
     * What to do.
     *
     * @param places endings of the paths to stand at; the empty ending stands for all
     * @param before ids whose embeddings go before the input
     */
    record ProbeConfig(List<String> places, List<Long> before, List<String> modulesToSave)
            implements PeftConfig {
        @Override
        public String peftType() {
            return "PROBE";
        }

        @Override
        public AdapterOrigin origin() {
            return AdapterOrigin.unknown();
        }

        @Override
        public JsonObject toJson() {
            return new JsonObject();
        }

        @Override
        public PeftConfig withModulesToSave(List<String> names) {
            return this;
        }

        @Override
        public PeftConfig withBaseModel(String nameOrPath) {
            return this;
        }
    }

    static ProbeConfig at(String... places) {
        return new ProbeConfig(List.of(places), List.of(), List.of());
    }

    static ProbeConfig before(Long... ids) {
        return new ProbeConfig(List.of(), List.of(ids), List.of());
    }

    @Override
    public String peftType() {
        return "PROBE";
    }

    @Override
    public PeftConfig readConfig(JsonFields json) {
        return at("");
    }

    @Override
    public void build(PeftConfig config, AdapterBuilder builder) {
        ProbeConfig probe = (ProbeConfig) config;
        for (InjectionPoint point : builder.points().all()) {
            if (probe.places().stream().anyMatch(point.path()::endsWith)) {
                stand(builder, point);
            }
        }
        if (!probe.before().isEmpty()) {
            EmbeddingPoint table = builder.points().of(EmbeddingPoint.class).get(0);
            builder.place(
                    builder.points().of(InputPoint.class).get(0),
                    new TokensBefore(table, probe.before()));
        }
    }

    private static void stand(AdapterBuilder builder, InjectionPoint point) {
        if (point instanceof LinearPoint linear) {
            builder.place(linear, new LinearPlacement() {});
        } else if (point instanceof AttentionPoint attention) {
            builder.place(attention, new AttentionPlacement() {});
        } else if (point instanceof SublayerPoint sublayer) {
            SublayerPlacement same = (context, flow) -> flow.output();
            builder.place(sublayer, same);
        }
    }

    /** The embeddings of ids, in the first pass over a sequence. */
    private record TokensBefore(EmbeddingPoint table, List<Long> ids) implements InputPlacement {
        @Override
        public int virtualTokens() {
            return ids.size();
        }

        @Override
        public InputFlow forward(ForwardContext context, InputFlow flow) {
            if (flow.layout().past() > 0) {
                return flow;
            }
            Ops ops = context.ops();
            int rows = flow.layout().rows();
            long[] all = new long[rows * ids.size()];
            for (int i = 0; i < all.length; i++) {
                all[i] = ids.get(i % ids.size());
            }
            Tensor tokens = table.forward(context, ops.longs(all, rows, ids.size()));
            return new InputFlow(
                    ops.concat(tokens, flow.embeddings(), 1),
                    flow.layout().withVirtualTokens(ids.size()));
        }
    }
}
