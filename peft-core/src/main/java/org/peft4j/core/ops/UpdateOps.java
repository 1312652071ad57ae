package org.peft4j.core.ops;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.IValue;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Gradients and the steps that use them, in place, in one call over all parameters. Safe for
 * several threads as long as they do not share parameters.
 */
public final class UpdateOps {

    private final OperatorDoor door;

    UpdateOps(OperatorDoor door) {
        this.door = door;
    }

    /** Marks a tensor as a leaf that autograd computes gradients for, or as frozen. */
    public void requireGradient(Tensor leaf, boolean required) {
        door.work(
                () -> "whether a parameter is trained",
                () -> {
                    leaf.handle().setRequiresGradient(required);
                    return leaf;
                });
    }

    /**
     * The gradients of outputs for parameters (reverse-mode differentiation); the graph is used up.
     *
     * @param outputs what to differentiate
     * @param outputGradients the gradient of each output, of its shape; null stands for 1 and needs
     *     a 0-d output
     * @param parameters leaves that require gradients
     * @return a gradient per parameter, which the caller closes; null for one that no output
     *     depends on
     */
    public List<@Nullable Tensor> gradients(
            List<Tensor> outputs,
            List<? extends @Nullable Tensor> outputGradients,
            List<Tensor> parameters) {
        return door.work(
                () -> "the gradients of " + parameters.size() + " parameters",
                () -> differentiate(outputs, outputGradients, parameters));
    }

    private List<@Nullable Tensor> differentiate(
            List<Tensor> outputs,
            List<? extends @Nullable Tensor> outputGradients,
            List<Tensor> parameters) {
        List<Tensor> given = new ArrayList<>();
        for (Tensor gradient : outputGradients) {
            given.add(gradient == null ? door.absent() : gradient);
        }
        List<@Nullable Tensor> gradients = new ArrayList<>();
        try (IValue result =
                door.runValues(
                        "gradients",
                        OperatorDoor.list(outputs),
                        OperatorDoor.list(given),
                        OperatorDoor.list(parameters))) {
            PtNDArray[] arrays = result.toTensorArray(door.manager());
            for (int i = 0; i < arrays.length; i++) {
                if (arrays[i].getShape().size() == 0 && parameters.get(i).elements() != 0) {
                    arrays[i].close();
                    gradients.add(null);
                } else {
                    gradients.add(new Tensor(door, arrays[i], parameters.get(i).dtype()));
                }
            }
        }
        return gradients;
    }

    /** sums[i] += terms[i]. */
    public void addEach(List<Tensor> sums, List<Tensor> terms) {
        if (!sums.isEmpty()) {
            run("add_each", () -> values(OperatorDoor.list(sums), OperatorDoor.list(terms)));
        }
    }

    /** tensors[i] *= factor. */
    public void scaleEach(List<Tensor> tensors, double factor) {
        if (!tensors.isEmpty()) {
            run("scale_each", () -> values(OperatorDoor.list(tensors), IValue.from(factor)));
        }
    }

    /** √(Σᵢ ‖tensorᵢ‖²), as {@code torch.nn.utils.clip_grad_norm_} measures it. */
    public double globalNorm(List<Tensor> tensors) {
        if (tensors.isEmpty()) {
            return 0;
        }
        return door.work(
                () -> "the norm of " + tensors.size() + " gradients",
                () -> {
                    try (IValue norm = door.runValues("global_norm", OperatorDoor.list(tensors))) {
                        return norm.toDouble();
                    }
                });
    }

    /**
     * One step of AdamW (Loshchilov and Hutter 2019) as {@code torch.optim.AdamW} takes it, over
     * all tensors in one fused kernel.
     *
     * @param parameters FLOAT32, changed
     * @param gradients of the parameters' shapes
     * @param first the first moments, changed
     * @param second the second moments, changed
     * @param steps 0-d FLOAT32 counts of steps, changed
     */
    public void adamW(
            List<Tensor> parameters,
            List<Tensor> gradients,
            List<Tensor> first,
            List<Tensor> second,
            List<Tensor> steps,
            double rate,
            double beta1,
            double beta2,
            double decay,
            double epsilon) {
        if (parameters.isEmpty()) {
            return;
        }
        run(
                "adamw",
                () ->
                        values(
                                OperatorDoor.list(parameters),
                                OperatorDoor.list(gradients),
                                OperatorDoor.list(first),
                                OperatorDoor.list(second),
                                OperatorDoor.list(steps),
                                IValue.from(rate),
                                IValue.from(beta1),
                                IValue.from(beta2),
                                IValue.from(decay),
                                IValue.from(epsilon)));
    }

    /**
     * Projects each row onto the ball around 0 of its own radius: x ← x · min(1, radius / ‖x‖₂).
     *
     * @param x [n, width], changed
     * @param radii FLOAT32 [n], none negative
     */
    public void projectRows(Tensor x, Tensor radii) {
        run("project_rows", () -> values(IValue.from(x.handle()), IValue.from(radii.handle())));
    }

    /** target ← source, in place, whatever autograd thinks of it. */
    public void assign(Tensor target, Tensor source) {
        run("assign", () -> values(IValue.from(target.handle()), IValue.from(source.handle())));
    }

    private void run(String method, Supplier<IValue[]> values) {
        door.work(
                () -> method,
                () -> {
                    door.runValues(method, values.get()).close();
                    return method;
                });
    }

    private static IValue[] values(IValue... values) {
        return values;
    }
}
