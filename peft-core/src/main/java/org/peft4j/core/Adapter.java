package org.peft4j.core;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.ops.OperatorDoor;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.ops.WeightOps;
import org.peft4j.core.points.InjectionPoint;
import org.peft4j.core.points.InputPlacement;
import org.peft4j.core.points.InputPoint;
import org.peft4j.core.points.Placement;
import org.peft4j.core.points.VirtualLabel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One trained or trainable instance of a method on a base: a name, a config, parameters at points.
 */
public final class Adapter {

    private static final Logger LOG = LoggerFactory.getLogger(Adapter.class);

    private final String name;
    private final PeftConfig config;
    private final List<Parameter> parameters;
    private final List<Tensor> frozen;
    private final List<SavedTable> savedTables;
    private final Map<String, String> aliases;
    private final Set<String> standIns;
    private final List<EncodedTensor> encoded;
    private final Map<InjectionPoint, Placement> placements;
    private final TrainingHook hook;
    private final @Nullable Object report;
    private final OperatorDoor door;
    private final Lease lease;
    private volatile boolean trainable;

    Adapter(
            String name,
            PeftConfig config,
            OperatorDoor door,
            List<Parameter> parameters,
            List<Tensor> frozen,
            List<SavedTable> savedTables,
            Map<String, String> aliases,
            Set<String> standIns,
            List<EncodedTensor> encoded,
            Map<InjectionPoint, Placement> placements,
            TrainingHook hook,
            @Nullable Object report,
            Runnable releaseMembers) {
        this.name = name;
        this.config = config;
        this.door = door;
        this.parameters = List.copyOf(parameters);
        this.frozen = List.copyOf(frozen);
        this.savedTables = List.copyOf(savedTables);
        this.aliases = Map.copyOf(aliases);
        this.standIns = Set.copyOf(standIns);
        this.encoded = List.copyOf(encoded);
        this.placements = Map.copyOf(placements);
        this.hook = hook;
        this.report = report;
        this.lease =
                new Lease(
                        () -> {
                            this.parameters.forEach(Parameter::close);
                            this.frozen.forEach(Tensor::close);
                            this.savedTables.forEach(SavedTable::close);
                            releaseMembers.run();
                        });
    }

    /** Returns the name it has in its {@link PeftModel}. */
    public String name() {
        return name;
    }

    /** Returns its settings, completed for its base. */
    public PeftConfig config() {
        return config;
    }

    /** Returns its parameters in the order in which the method made them. */
    public List<Parameter> parameters() {
        return parameters;
    }

    /** Returns the parameter of a key. */
    public Optional<Parameter> parameter(String key) {
        return parameters.stream().filter(parameter -> parameter.key().equals(key)).findFirst();
    }

    /** Returns how many elements its parameters have. */
    public long parameterCount() {
        return parameters.stream().mapToLong(parameter -> parameter.value().elements()).sum();
    }

    /**
     * Returns the parameter count without those that stand in for a parameter of the base, and with
     * the elements of frozen tensors.
     */
    long addedParameterCount() {
        return frozen.stream().mapToLong(Tensor::elements).sum()
                + parameters.stream()
                        .filter(parameter -> !standIns.contains(parameter.key()))
                        .mapToLong(parameter -> parameter.value().elements())
                        .sum();
    }

    /** Returns the frozen tables that its file holds beside its parameters. */
    List<SavedTable> savedTables() {
        return savedTables;
    }

    /**
     * Returns further keys in the adapter's file, each with the key of the parameter it repeats.
     */
    Map<String, String> aliases() {
        return aliases;
    }

    /**
     * Returns whether training changes an encoder whose result is all that inference needs. It is
     * so in a fresh adapter of such a method, and in one of {@link PeftModel#loadTrainable}.
     */
    public boolean hasEncoder() {
        return encoded.stream().anyMatch(tensor -> tensor.encoder() != null);
    }

    /** Returns the tensors of its file that an encoder computes, or did before it was loaded. */
    List<EncodedTensor> encoded() {
        return encoded;
    }

    /** Returns what computes the tensors. */
    List<EncodedTensor.Encoder> encoders() {
        return encoded.stream().map(EncodedTensor::encoder).filter(Objects::nonNull).toList();
    }

    /** Returns what it does in training beyond the forward pass. */
    public TrainingHook hook() {
        return hook;
    }

    /** Returns what the method reported while it selected its points, such as a TargetReport. */
    public Optional<Object> report() {
        return Optional.ofNullable(report);
    }

    /** Returns whether training changes it. */
    public boolean isTrainable() {
        return trainable;
    }

    /** Says whether training changes it; a fresh adapter is trainable, a loaded one is not. */
    public void setTrainable(boolean trainable) {
        if (trainable && !encoded.isEmpty() && !hasEncoder()) {
            LOG.warn(
                    "{} was loaded without its encoder, so training will change {} itself. To go on"
                            + " training the encoder, load the adapter with loadTrainable",
                    this,
                    encoded.stream().map(EncodedTensor::key).toList());
        }
        for (Parameter parameter : parameters) {
            door.updates().requireGradient(parameter.value(), trainable);
            if (!trainable) {
                parameter.setGradient(null);
            }
        }
        this.trainable = trainable;
    }

    Map<InjectionPoint, Placement> placements() {
        return placements;
    }

    /** Returns how many virtual tokens it puts before what an encoder or a decoder reads. */
    int virtualTokens(InputPoint.Kind kind) {
        return inputs(kind).mapToInt(InputPlacement::virtualTokens).sum();
    }

    /** Returns which of them have labels. */
    List<VirtualLabel> virtualLabels(InputPoint.Kind kind) {
        return inputs(kind).flatMap(placement -> placement.labels().stream()).toList();
    }

    /** A base has one input of each kind. */
    private Stream<InputPlacement> inputs(InputPoint.Kind kind) {
        return placements.entrySet().stream()
                .filter(at -> at.getKey() instanceof InputPoint point && point.kind() == kind)
                .map(at -> at.getValue())
                .filter(InputPlacement.class::isInstance)
                .map(InputPlacement.class::cast);
    }

    @Nullable Placement at(InjectionPoint point) {
        return placements.get(point);
    }

    OperatorDoor door() {
        return door;
    }

    WeightOps weightOps() {
        return door.weights();
    }

    Lease lease() {
        return lease;
    }

    @Override
    public String toString() {
        return config.peftType() + " adapter " + name;
    }
}
