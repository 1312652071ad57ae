package org.peft4j.transformers.parts.layers;

import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.peft4j.core.BadFileException;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.ops.Activation;

/** The names of activations in a {@code config.json}. */
public final class Activations {

    private static final Map<String, Activation> NAMES =
            Map.ofEntries(
                    Map.entry("silu", Activation.SILU),
                    Map.entry("swish", Activation.SILU),
                    Map.entry("gelu", Activation.GELU),
                    Map.entry("gelu_python", Activation.GELU),
                    Map.entry("gelu_new", Activation.GELU_TANH),
                    Map.entry("gelu_fast", Activation.GELU_TANH),
                    Map.entry("gelu_pytorch_tanh", Activation.GELU_TANH),
                    Map.entry("gelu_python_tanh", Activation.GELU_TANH),
                    Map.entry("gelu_accurate", Activation.GELU_TANH),
                    Map.entry("gelu_10", Activation.GELU_10),
                    Map.entry("quick_gelu", Activation.QUICK_GELU),
                    Map.entry("hardswish", Activation.HARD_SWISH),
                    Map.entry("laplace", Activation.LAPLACE),
                    Map.entry("leaky_relu", Activation.LEAKY_RELU),
                    Map.entry("linear", Activation.LINEAR),
                    Map.entry("mish", Activation.MISH),
                    Map.entry("relu", Activation.RELU),
                    Map.entry("relu2", Activation.RELU_SQUARED),
                    Map.entry("relu6", Activation.RELU_6),
                    Map.entry("sqrtsoftplus", Activation.SQRT_SOFTPLUS),
                    Map.entry("tanh", Activation.TANH),
                    Map.entry("sigmoid", Activation.SIGMOID));

    private Activations() {}

    /** Returns the activation of a name. */
    public static Optional<Activation> find(String name) {
        return Optional.ofNullable(NAMES.get(name));
    }

    /**
     * Reads an activation.
     *
     * @param key the field, as {@code hidden_act}
     * @param absent the name where the field is absent
     * @throws BadFileException if there is none of that name
     */
    public static Activation read(JsonFields config, String key, String absent) {
        Activation activation = NAMES.get(config.optionalString(key).orElse(absent));
        if (activation == null) {
            throw config.mustBe(
                    key, "one of " + String.join(", ", new TreeSet<>(NAMES.keySet())) + ",");
        }
        return activation;
    }
}
