package org.peft4j.transformers.heads;

import java.util.List;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.ops.Activation;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.LinearPoint;

/**
 * The linears of a classification head, with an activation between them.
 *
 * @param linears the last one gives the logits
 * @param between the activation after each but the last
 */
public record ClassifierLayers(List<LinearPoint> linears, Activation between) {

    /** Copies the list. */
    public ClassifierLayers {
        linears = List.copyOf(linears);
        if (linears.isEmpty()) {
            throw new IllegalArgumentException("a classifier needs at least one linear");
        }
    }

    /** One linear alone. */
    public static ClassifierLayers of(LinearPoint linear) {
        return new ClassifierLayers(List.of(linear), Activation.TANH);
    }

    /** Returns how many logits there are. */
    public int size() {
        return Math.toIntExact(linears.get(linears.size() - 1).out());
    }

    /** Maps x, [rows, width] or [rows, length, width], to logits. */
    Tensor forward(ForwardContext context, Tensor x) {
        Tensor y = linears.get(0).forward(context, x);
        for (LinearPoint linear : linears.subList(1, linears.size())) {
            y = linear.forward(context, context.ops().activation(y, between));
        }
        return y;
    }
}
