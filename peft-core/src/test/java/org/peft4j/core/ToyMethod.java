package org.peft4j.core;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.ops.WeightOps;
import org.peft4j.core.points.AdditiveLinearPlacement;
import org.peft4j.core.points.AttentionFlow;
import org.peft4j.core.points.AttentionPlacement;
import org.peft4j.core.points.AttentionPoint;
import org.peft4j.core.points.EmbeddingPlacement;
import org.peft4j.core.points.EmbeddingPoint;
import org.peft4j.core.points.InjectionPoint;
import org.peft4j.core.points.InputFlow;
import org.peft4j.core.points.InputPlacement;
import org.peft4j.core.points.InputPoint;
import org.peft4j.core.points.LinearCall;
import org.peft4j.core.points.LinearPlacement;
import org.peft4j.core.points.LinearPoint;
import org.peft4j.core.points.LinearWeights;
import org.peft4j.core.points.NormPlacement;
import org.peft4j.core.points.NormPoint;
import org.peft4j.core.points.NormWeights;
import org.peft4j.core.points.SublayerFlow;
import org.peft4j.core.points.SublayerPlacement;
import org.peft4j.core.points.SublayerPoint;

/** A method that puts one trainable vector at each target, used as fits the kind of point. */
public final class ToyMethod implements PeftMethod {

    /** Targets by path; an exclamation mark before a linear's path asks for a gain, not a shift. */
    record ToyConfig(List<String> targets, List<String> modulesToSave) implements PeftConfig {
        @Override
        public String peftType() {
            return "TOY";
        }

        @Override
        public AdapterOrigin origin() {
            return AdapterOrigin.unknown().withBase("toy");
        }

        @Override
        public JsonObject toJson() {
            JsonObject json = new JsonObject();
            json.addProperty("peft_type", "TOY");
            json.add("targets", array(targets));
            json.add("modules_to_save", array(modulesToSave));
            return json;
        }

        private static JsonArray array(List<String> values) {
            JsonArray array = new JsonArray();
            values.forEach(array::add);
            return array;
        }

        @Override
        public PeftConfig withModulesToSave(List<String> names) {
            return new ToyConfig(targets, names);
        }

        @Override
        public PeftConfig withBaseModel(String nameOrPath) {
            return this;
        }
    }

    static ToyConfig on(String... targets) {
        return new ToyConfig(List.of(targets), List.of());
    }

    @Override
    public String peftType() {
        return "TOY";
    }

    @Override
    public PeftConfig readConfig(JsonFields json) {
        return new ToyConfig(json.strings("targets"), json.strings("modules_to_save"));
    }

    @Override
    public void build(PeftConfig config, AdapterBuilder builder) {
        for (String target : ((ToyConfig) config).targets()) {
            boolean gain = target.startsWith("!");
            String path = gain ? target.substring(1) : target;
            InjectionPoint found =
                    builder.points().all().stream()
                            .filter(point -> point.path().equals(path))
                            .findFirst()
                            .orElseThrow(() -> new PeftException("no point " + path));
            place(builder, found, gain);
        }
    }

    private static void place(AdapterBuilder builder, InjectionPoint point, boolean gain) {
        long width = point instanceof LinearPoint linear ? linear.out() : ToyBase.WIDTH;
        Tensor p =
                builder.parameter(
                        AdapterBuilder.KEY_PREFIX + point.path() + ".toy",
                        Initializer.normal(1),
                        width);
        if (point instanceof LinearPoint linear) {
            builder.place(linear, gain ? new Gain(p) : new Shift(p));
        } else if (point instanceof EmbeddingPoint embedding) {
            builder.place(embedding, new Table(p));
        } else if (point instanceof NormPoint norm) {
            builder.place(norm, new Norm(p));
        } else if (point instanceof SublayerPoint sublayer) {
            builder.place(sublayer, new Sublayer(p));
        } else if (point instanceof AttentionPoint attention) {
            builder.place(attention, new Attention(p));
        } else if (point instanceof InputPoint input) {
            builder.place(input, new Input(p));
        }
    }

    private record Shift(Tensor p) implements AdditiveLinearPlacement {
        @Override
        public Tensor delta(ForwardContext context, Tensor x) {
            Tensor ones = context.ops().full(1, x.dtype(), rowsOf(x));
            return context.ops().multiply(ones, p);
        }

        private static long[] rowsOf(Tensor x) {
            long[] shape = x.shape().getShape().clone();
            shape[shape.length - 1] = 1;
            return shape;
        }

        @Override
        public LinearWeights merge(WeightOps ops, LinearWeights weights) {
            Tensor bias = weights.bias();
            return weights.withBias(bias == null ? ops.clone(p) : ops.merge(bias, p));
        }
    }

    private record Gain(Tensor p) implements LinearPlacement {
        @Override
        public Tensor forward(ForwardContext context, LinearCall inner, Tensor x) {
            return context.ops().multiply(inner.apply(x), p);
        }
    }

    private record Table(Tensor p) implements EmbeddingPlacement {
        @Override
        public Tensor forward(ForwardContext context, Tensor ids, Tensor embedded) {
            return context.ops().multiply(embedded, p);
        }
    }

    private record Norm(Tensor p) implements NormPlacement {
        @Override
        public NormWeights weights(ForwardContext context, NormWeights weights) {
            return new NormWeights(context.ops().add(weights.weight(), p), weights.bias());
        }

        @Override
        public NormWeights merge(WeightOps ops, NormWeights weights) {
            return new NormWeights(ops.merge(weights.weight(), p), weights.bias());
        }
    }

    private record Sublayer(Tensor p) implements SublayerPlacement {
        @Override
        public Tensor forward(ForwardContext context, SublayerFlow flow) {
            Ops ops = context.ops();
            return ops.add(flow.output(), ops.multiply(flow.read(), p));
        }
    }

    private record Attention(Tensor p) implements AttentionPlacement {
        @Override
        public AttentionFlow before(ForwardContext context, AttentionFlow flow) {
            return flow.with(context.ops().multiply(flow.keys(), p), flow.values(), flow.scores());
        }

        @Override
        public Tensor after(ForwardContext context, AttentionFlow flow, Tensor output) {
            return context.ops().multiply(output, p);
        }
    }

    private record Input(Tensor p) implements InputPlacement {
        @Override
        public InputFlow forward(ForwardContext context, InputFlow flow) {
            return new InputFlow(context.ops().add(flow.embeddings(), p), flow.layout());
        }
    }
}
