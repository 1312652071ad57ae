package org.peft4j.adapter.fusion;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.peft4j.adapter.bottleneck.Bottleneck;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.SublayerFlow;
import org.peft4j.core.points.SublayerPlacement;

/**
 * A mix of bottlenecks at one sublayer (Pfeiffer et al. 2021, section 4.1): what each adds, z, is a
 * key and a value, and what they read a query: softmax(Q q · K z) V z, plus the residual. The last
 * bottleneck says what is read, as in AdapterHub.
 *
 * @param config which maps there are, and where sums are made
 * @param members the bottlenecks
 * @param query Q, or null for the identity
 * @param key K, or null for the identity
 * @param value V, [width, width], or null for the identity
 */
record Fusion(
        FusionConfig config,
        List<Bottleneck> members,
        @Nullable Map query,
        @Nullable Map key,
        @Nullable Tensor value)
        implements SublayerPlacement {

    /** W x + b, [width, width] and [width]. */
    record Map(Tensor weight, Tensor bias) {}

    Fusion {
        members = List.copyOf(members);
    }

    private Bottleneck last() {
        return members.get(members.size() - 1);
    }

    @Override
    public Tensor forward(ForwardContext context, SublayerFlow flow) {
        Ops ops = context.ops();
        Bottleneck.Entry entry = last().enter(context, flow);
        Tensor x = context.widened(entry.x());
        boolean early = config.queryBeforeNorm() && !last().isParallel();
        Tensor asked = early ? context.widened(flow.output()) : x;
        Tensor keys = stacked(context, x);
        Tensor values = keys;
        // a parallel bottleneck's residual inside the mix is the stream, as in AdapterHub
        Tensor residual = last().isParallel() ? flow.stream() : entry.residual();
        if (config.residualBefore()) {
            values = ops.add(values, between(ops, context.widened(residual)));
            keys = values;
        }
        Tensor mixed =
                mix(
                        context,
                        mapped(ops, query, asked),
                        mapped(ops, key, keys),
                        config.valueBeforeSoftmax() ? valued(ops, values) : values);
        if (!config.valueBeforeSoftmax()) {
            mixed = valued(ops, mixed);
        }
        Tensor result = config.residualBefore() ? mixed : ops.add(mixed, context.widened(residual));
        return last().isParallel()
                ? ops.add(flow.output(), result)
                : ops.cast(result, flow.output().dtype());
    }

    private Tensor mix(ForwardContext context, Tensor queries, Tensor keys, Tensor values) {
        Double dropout = config.dropout();
        double p = context.isTraining() && dropout != null ? dropout : 0;
        return context.ops().mix(queries, keys, values, p, p > 0 ? context.nextSeed() : 0);
    }

    /** What each bottleneck adds, [rows, length, members, width]. */
    private Tensor stacked(ForwardContext context, Tensor x) {
        Ops ops = context.ops();
        Tensor all = between(ops, members.get(0).up(context, x));
        for (Bottleneck member : members.subList(1, members.size())) {
            all = ops.concat(all, between(ops, member.up(context, x)), 2);
        }
        return all;
    }

    private static Tensor between(Ops ops, Tensor x) {
        return ops.reshape(x, x.size(0), x.size(1), 1, x.size(2));
    }

    private static Tensor mapped(Ops ops, @Nullable Map map, Tensor x) {
        return map == null ? x : ops.linear(x, map.weight(), map.bias());
    }

    private Tensor valued(Ops ops, Tensor x) {
        return value == null ? x : ops.linear(x, value, null);
    }

    @Override
    public boolean replacesStream() {
        return last().replacesStream();
    }
}
