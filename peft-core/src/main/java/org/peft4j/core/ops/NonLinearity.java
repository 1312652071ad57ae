package org.peft4j.core.ops;

import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.peft4j.core.PeftException;

/**
 * The activation between two small trained maps, AdapterHub's {@code non_linearity}, by its name in
 * Python.
 *
 * @param name as {@code relu} or {@code swish}
 */
public record NonLinearity(String name) {

    private static final Map<String, Activation> KNOWN =
            Map.ofEntries(
                    Map.entry("relu", Activation.RELU),
                    Map.entry("swish", Activation.SILU),
                    Map.entry("silu", Activation.SILU),
                    Map.entry("gelu", Activation.GELU),
                    Map.entry("gelu_python", Activation.GELU),
                    Map.entry("gelu_new", Activation.GELU_TANH),
                    Map.entry("gelu_fast", Activation.GELU_TANH),
                    Map.entry("gelu_pytorch_tanh", Activation.GELU_TANH),
                    Map.entry("quick_gelu", Activation.QUICK_GELU),
                    Map.entry("tanh", Activation.TANH),
                    Map.entry("sigmoid", Activation.SIGMOID),
                    Map.entry("leakyrelu", Activation.LEAKY_RELU),
                    Map.entry("leaky_relu", Activation.LEAKY_RELU));

    /** Checks the name. */
    public NonLinearity {
        if (!KNOWN.containsKey(name.toLowerCase(Locale.ROOT))) {
            throw new PeftException(
                    "non_linearity must be one of "
                            + String.join(", ", new TreeSet<>(KNOWN.keySet()))
                            + " but is "
                            + name
                            + ".");
        }
    }

    /** Returns the activation. */
    public Activation activation() {
        Activation activation = KNOWN.get(name.toLowerCase(Locale.ROOT));
        if (activation == null) {
            throw new IllegalStateException(name);
        }
        return activation;
    }
}
