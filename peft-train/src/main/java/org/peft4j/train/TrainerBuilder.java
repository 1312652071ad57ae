package org.peft4j.train;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftModel;
import org.peft4j.train.data.Collator;
import org.peft4j.train.data.Example;

/** Collects what a {@link Trainer} needs: setX is required, optX is not. */
public final class TrainerBuilder {

    private @Nullable PeftModel model;
    private @Nullable AdapterSelection selection;
    private @Nullable List<Example> examples;
    private @Nullable TrainingConfig config;
    private List<Example> evaluation = List.of();
    private Collator collator = Collator.toLongest();
    private final List<TrainingListener> listeners = new ArrayList<>();

    TrainerBuilder() {}

    /** Sets the base with its adapters. */
    public TrainerBuilder setModel(PeftModel value) {
        model = value;
        return this;
    }

    /** Sets the adapters that act on every example that names none; the trainable are trained. */
    public TrainerBuilder setSelection(AdapterSelection value) {
        selection = value;
        return this;
    }

    /** Sets what to train on. */
    public TrainerBuilder setExamples(List<Example> value) {
        examples = List.copyOf(value);
        return this;
    }

    /** Sets the settings. */
    public TrainerBuilder setConfig(TrainingConfig value) {
        config = value;
        return this;
    }

    /** Sets what to measure the loss on, now and then and at the end. */
    public TrainerBuilder optEvaluation(List<Example> value) {
        evaluation = List.copyOf(value);
        return this;
    }

    /** Sets how examples are padded; to the longest by default. */
    public TrainerBuilder optCollator(Collator value) {
        collator = value;
        return this;
    }

    /** Adds somebody who is told what happens. */
    public TrainerBuilder addListener(TrainingListener value) {
        listeners.add(value);
        return this;
    }

    /**
     * Checks everything against each other.
     *
     * @throws PeftException if something is missing, nothing is trainable, or no example has a
     *     label
     */
    public Trainer build() {
        return new Trainer(
                TrainingSetup.of(
                        required(model, "setModel"),
                        required(selection, "setSelection"),
                        required(examples, "setExamples"),
                        evaluation,
                        required(config, "setConfig"),
                        collator,
                        listeners));
    }

    private static <T> T required(@Nullable T value, String setter) {
        if (value == null) {
            throw new PeftException("a trainer needs more: call " + setter + "(...).");
        }
        return value;
    }
}
