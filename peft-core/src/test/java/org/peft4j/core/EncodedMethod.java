package org.peft4j.core;

import com.google.gson.JsonObject;
import java.util.List;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.ops.Activation;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.InputFlow;
import org.peft4j.core.points.InputPlacement;
import org.peft4j.core.points.InputPoint;

/** A method that adds one vector to the input, which an encoder of two parameters makes. */
public final class EncodedMethod implements PeftMethod {

    static final String KEY = "prompt_embeddings";

    record EncodedConfig() implements PeftConfig {
        @Override
        public String peftType() {
            return "ENCODED";
        }

        @Override
        public AdapterOrigin origin() {
            return AdapterOrigin.unknown().withBase("toy");
        }

        @Override
        public List<String> modulesToSave() {
            return List.of();
        }

        @Override
        public JsonObject toJson() {
            JsonObject json = new JsonObject();
            json.addProperty("peft_type", "ENCODED");
            return json;
        }

        @Override
        public PeftConfig withBaseModel(String nameOrPath) {
            return this;
        }

        @Override
        public PeftConfig withModulesToSave(List<String> names) {
            return this;
        }
    }

    @Override
    public String peftType() {
        return "ENCODED";
    }

    @Override
    public PeftConfig readConfig(JsonFields json) {
        return new EncodedConfig();
    }

    @Override
    public void build(PeftConfig config, AdapterBuilder builder) {
        Encoding vector =
                builder.encoded(
                        KEY,
                        parameters -> {
                            Tensor e =
                                    parameters.parameter(
                                            "embedding.weight", Initializer.normal(1), 1, 3);
                            Tensor w =
                                    parameters.parameter(
                                            "transform.weight",
                                            Initializer.normal(1),
                                            ToyBase.WIDTH,
                                            3);
                            return context -> {
                                Ops ops = context.ops();
                                return ops.linear(ops.activation(e, Activation.TANH), w, null);
                            };
                        },
                        1,
                        ToyBase.WIDTH);
        InputPoint input = builder.points().of(InputPoint.class).get(0);
        InputPlacement added =
                (context, flow) ->
                        new InputFlow(
                                context.ops().add(flow.embeddings(), vector.in(context)),
                                flow.layout());
        builder.place(input, added);
    }
}
