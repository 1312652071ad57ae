package org.peft4j.train;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.ModelInfo;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftModel;
import org.peft4j.train.checkpoint.CheckpointStore;
import org.peft4j.train.checkpoint.Provenance;
import org.peft4j.train.data.BatchPlan;
import org.peft4j.train.data.Collator;
import org.peft4j.train.data.DataFingerprint;
import org.peft4j.train.data.Example;
import org.peft4j.train.data.Truncation;
import org.peft4j.train.optim.AdamWOptions;

/** All that a training is made from, checked and ready. */
record TrainingSetup(
        PeftModel model,
        AdapterSelection selection,
        TrainedAdapters adapters,
        Truncation data,
        List<Example> evaluation,
        TrainingConfig config,
        Collator collator,
        List<TrainingListener> listeners) {

    static TrainingSetup of(
            PeftModel model,
            AdapterSelection selection,
            List<Example> examples,
            List<Example> evaluation,
            TrainingConfig config,
            Collator collator,
            List<TrainingListener> listeners) {
        if (selection.isPerRow()) {
            throw new PeftException(
                    "a training has one selection for all rows. To train several adapters at once,"
                            + " give each example its own: example.withSelection(...).");
        }
        Predicate<Example> hasLoss =
                example ->
                        model.lossCount(
                                        example.selectionOr(selection),
                                        collator.collate(List.of(example)))
                                > 0;
        Truncation data = Truncation.of(examples, config.maxLength(), hasLoss);
        if (data.examples().isEmpty()) {
            throw new PeftException(
                    "none of the "
                            + examples.size()
                            + " examples has a label to learn from. Give examples with labels, or"
                            + " raise maxLength if they were cut.");
        }
        TrainedAdapters adapters =
                TrainedAdapters.of(
                        model,
                        data.examples().stream()
                                .map(example -> example.selectionOr(selection))
                                .toList());
        if (adapters.isMixture() && config.normalization() == LossNormalization.MEAN_OF_BATCHES) {
            throw new PeftException(
                    "a mixture of adapters needs the normalization LABELS_OF_STEP, because a batch"
                            + " has no mean of its own for each of them.");
        }
        return new TrainingSetup(
                model,
                selection,
                adapters,
                data,
                Truncation.of(evaluation, config.maxLength(), hasLoss).examples(),
                config,
                collator,
                List.copyOf(listeners));
    }

    Optional<CheckpointStore> store() {
        return config.checkpointDirectory()
                .map(directory -> new CheckpointStore(directory, config.keepCheckpoints()));
    }

    BatchPlan plan() {
        return new BatchPlan(
                data.examples().stream().mapToInt(Example::length).toArray(),
                config.batchSize(),
                config.gradientAccumulation(),
                config.order(),
                config.seed());
    }

    Provenance provenance(long totalSteps) {
        return new Provenance(settings(totalSteps), dataFacts(), base(), about());
    }

    /** Every setting that decides numbers, and no other. */
    private JsonObject settings(long totalSteps) {
        JsonObject json = new JsonObject();
        json.addProperty("selection", selection.toString());
        json.addProperty("batchSize", config.batchSize());
        json.addProperty("gradientAccumulation", config.gradientAccumulation());
        json.addProperty("maxLength", config.maxLength());
        json.addProperty("learningRate", config.learningRate());
        AdamWOptions optimizer = config.optimizer();
        json.addProperty("beta1", optimizer.beta1());
        json.addProperty("beta2", optimizer.beta2());
        json.addProperty("epsilon", optimizer.epsilon());
        json.addProperty("weightDecay", optimizer.weightDecay());
        json.addProperty("withoutDecay", optimizer.withoutDecay().toString());
        config.maxGradientNorm().ifPresent(norm -> json.addProperty("maxGradientNorm", norm));
        json.addProperty("schedule", config.schedule().name());
        json.addProperty("warmupSteps", config.warmup(totalSteps));
        switch (config.schedule()) {
            case CONSTANT, CONSTANT_WITH_WARMUP -> {} // may go on for longer than planned
            case LINEAR, COSINE -> json.addProperty("totalSteps", totalSteps);
        }
        json.addProperty("normalization", config.normalization().name());
        json.addProperty("order", config.order().name());
        json.addProperty("seed", config.seed());
        return json;
    }

    private JsonObject dataFacts() {
        JsonObject json = new JsonObject();
        json.addProperty("examples", data.examples().size());
        json.addProperty("sha256", DataFingerprint.of(data.examples()));
        return json;
    }

    private JsonObject base() {
        ModelInfo info = model.base().info();
        JsonObject json = new JsonObject();
        json.addProperty("modelType", info.modelType());
        json.addProperty("dtype", info.dtype().name());
        json.addProperty("hiddenSize", info.hiddenSize());
        json.addProperty("vocabularySize", info.vocabularySize());
        json.addProperty("layers", info.layers());
        json.addProperty("parameters", info.parameters());
        return json;
    }

    private JsonObject about() {
        JsonObject json = new JsonObject();
        String version = Trainer.class.getPackage().getImplementationVersion();
        json.addProperty("peft4j", version == null ? "unreleased" : version);
        json.addProperty("java", Runtime.version().toString());
        json.addProperty("base", model.base().info().nameOrPath());
        json.addProperty("device", model.base().door().device().toString());
        return json;
    }
}
