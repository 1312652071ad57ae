package org.peft4j.train.checkpoint;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.Map;
import org.peft4j.core.AdapterBuilder;
import org.peft4j.core.AdapterOrigin;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.Initializer;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftMethod;
import org.peft4j.core.TrainingHook;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.ops.UpdateOps;
import org.peft4j.core.ops.WeightOps;
import org.peft4j.core.points.NormPlacement;
import org.peft4j.core.points.NormPoint;
import org.peft4j.core.points.NormWeights;

/**
 * Shifts every norm, penalises the shift, and after each step draws it to its own running average:
 * a method that cannot be resumed from its parameters alone.
 */
public final class RememberingMethod implements PeftMethod {

    record Config() implements PeftConfig {

        @Override
        public String peftType() {
            return "REMEMBERING";
        }

        @Override
        public AdapterOrigin origin() {
            return AdapterOrigin.unknown();
        }

        @Override
        public List<String> modulesToSave() {
            return List.of();
        }

        @Override
        public JsonObject toJson() {
            JsonObject json = new JsonObject();
            json.addProperty("peft_type", peftType());
            return json;
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

    @Override
    public String peftType() {
        return "REMEMBERING";
    }

    @Override
    public PeftConfig readConfig(JsonFields json) {
        return new Config();
    }

    @Override
    public void build(PeftConfig config, AdapterBuilder builder) {
        NormPoint point = builder.points().of(NormPoint.class).get(0);
        long width = builder.info().hiddenSize();
        Tensor shift =
                builder.parameter(
                        AdapterBuilder.KEY_PREFIX + point.path() + ".shift",
                        Initializer.normal(0.1),
                        width);
        builder.place(point, new Shift(shift));
        builder.hook(
                new Memory(shift, builder.ops().zeros(width), builder.ops(), builder.updates()));
    }

    private record Shift(Tensor shift) implements NormPlacement {
        @Override
        public NormWeights weights(ForwardContext context, NormWeights weights) {
            return new NormWeights(context.ops().add(weights.weight(), shift), weights.bias());
        }

        @Override
        public NormWeights merge(WeightOps ops, NormWeights weights) {
            return new NormWeights(ops.merge(weights.weight(), shift), weights.bias());
        }
    }

    private record Memory(Tensor shift, Tensor average, WeightOps ops, UpdateOps updates)
            implements TrainingHook {
        @Override
        public Tensor penalty(Ops training) {
            return training.scale(training.sumSquares(shift), 0.5);
        }

        @Override
        public void afterStep(long step, long totalSteps) {
            try (Tensor half = ops.scale(average, 0.5);
                    Tensor next = ops.merge(half, shift)) {
                updates.assign(average, next);
                updates.addEach(List.of(shift), List.of(next));
                updates.scaleEach(List.of(shift), 0.4);
            }
        }

        @Override
        public Map<String, Tensor> state() {
            return Map.of("average", average);
        }
    }
}
