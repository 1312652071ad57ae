package org.peft4j.train.optim;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.peft4j.core.Parameter;
import org.peft4j.core.files.SafetensorsFile;
import org.peft4j.core.files.TensorSource;
import org.peft4j.core.ops.OperatorDoor;
import org.peft4j.core.ops.Tensor;

/**
 * AdamW (Loshchilov and Hutter 2019), the numbers of {@code torch.optim.AdamW}.
 *
 * <p>θ ← θ − ηλθ, then m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², θ ← θ − η·m̂ / (√v̂ + ε), with m̂
 * and v̂ corrected for their start at zero. All parameters of one weight decay move in one fused
 * call. A parameter without a gradient is skipped: it neither moves nor counts the step, as in
 * torch.
 */
public final class AdamW implements AutoCloseable {

    private final OperatorDoor door;
    private final AdamWOptions options;
    private final Map<String, Parameter> parameters;
    private final Map<String, Moments> moments = new LinkedHashMap<>();

    /**
     * Makes an optimiser that has taken no step.
     *
     * @param door the device of the parameters
     * @param options its settings
     * @param parameters what it moves, by names that are unique and lasting: a saved state is found
     *     again by them
     */
    public AdamW(OperatorDoor door, AdamWOptions options, Map<String, Parameter> parameters) {
        this.door = door;
        this.options = options;
        this.parameters = new LinkedHashMap<>(parameters);
    }

    /**
     * Takes one step with the gradients that the parameters hold now; the gradients stay.
     *
     * @param rate the learning rate η
     */
    public void step(double rate) {
        Map<Double, Group> groups = new TreeMap<>();
        parameters.forEach(
                (name, parameter) -> {
                    Tensor gradient = parameter.gradient();
                    if (gradient != null) {
                        groups.computeIfAbsent(options.decayOf(name), decay -> new Group())
                                .add(parameter, gradient, momentsOf(name, parameter));
                    }
                });
        groups.forEach((decay, group) -> group.step(rate, decay));
    }

    private Moments momentsOf(String name, Parameter parameter) {
        return moments.computeIfAbsent(name, n -> Moments.zero(door.weights(), parameter.value()));
    }

    /**
     * Returns the state as tensors to save: for each parameter that has moved, {@code
     * exp_avg.NAME}, {@code exp_avg_sq.NAME} and {@code step.NAME}. They are read when they are
     * written.
     */
    public List<TensorSource> state() {
        List<TensorSource> state = new ArrayList<>();
        moments.forEach((name, of) -> state.addAll(of.save(door.weights(), name)));
        return state;
    }

    /**
     * Puts the state of an earlier optimiser in place of this one's.
     *
     * @param file what {@link #state} was written to
     * @throws org.peft4j.core.BadFileException if it does not fit these parameters; the state is
     *     unchanged then
     */
    public void restore(SafetensorsFile file) {
        Map<String, Moments> restored = Moments.restore(door.weights(), file, parameters);
        close();
        moments.putAll(restored);
    }

    /** Frees the moments: the optimiser has taken no step then. The parameters are not touched. */
    @Override
    public void close() {
        moments.values().forEach(Moments::close);
        moments.clear();
    }

    /** Parameters of one weight decay. */
    private final class Group {
        private final List<Tensor> values = new ArrayList<>();
        private final List<Tensor> gradients = new ArrayList<>();
        private final List<Tensor> first = new ArrayList<>();
        private final List<Tensor> second = new ArrayList<>();
        private final List<Tensor> steps = new ArrayList<>();

        void add(Parameter parameter, Tensor gradient, Moments of) {
            values.add(parameter.value());
            gradients.add(gradient);
            first.add(of.first());
            second.add(of.second());
            steps.add(of.step());
        }

        void step(double rate, double decay) {
            door.updates()
                    .adamW(
                            values,
                            gradients,
                            first,
                            second,
                            steps,
                            rate,
                            options.beta1(),
                            options.beta2(),
                            decay,
                            options.epsilon());
        }
    }
}
