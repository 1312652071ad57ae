package org.peft4j.train;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.peft4j.core.NonFiniteException;
import org.peft4j.core.PeftModel;
import org.peft4j.core.StepLoss;
import org.peft4j.train.checkpoint.CheckpointStore;
import org.peft4j.train.checkpoint.TrainerState;
import org.peft4j.train.checkpoint.TrainingCheckpoint;
import org.peft4j.train.data.BatchPlan;
import org.peft4j.train.data.Example;
import org.peft4j.train.data.Seeds;
import org.peft4j.train.metrics.Evaluation;
import org.peft4j.train.metrics.Evaluator;
import org.peft4j.train.metrics.ThroughputMeter;
import org.peft4j.train.optim.AdamW;

/** One way through a training, from its start or from a checkpoint to its end. */
final class TrainingRun implements AutoCloseable {

    private static final int STEPS_MEASURED = 20;

    private final TrainingSetup setup;
    private final TrainingConfig config;
    private final TrainedAdapters adapters;
    private final PeftModel.Held held;
    private final BatchPlan plan;
    private final long totalSteps;
    private final AdamW optimizer;
    private final TrainingCheckpoint checkpoint;
    private final List<TrainingListener> listeners = new ArrayList<>();

    private long step;
    private long tokens;
    private final List<Double> losses = new ArrayList<>();
    private final SortedMap<Long, Evaluation> evaluations = new TreeMap<>();
    private Optional<Path> lastCheckpoint = Optional.empty();
    private double secondsBefore;
    private long startedAt;

    TrainingRun(TrainingSetup setup) {
        this.setup = setup;
        this.config = setup.config();
        this.adapters = setup.adapters();
        this.held = adapters.hold();
        this.plan = setup.plan();
        this.totalSteps = config.totalSteps(plan.stepsPerEpoch());
        this.optimizer =
                new AdamW(setup.model().base().door(), config.optimizer(), adapters.parameters());
        this.checkpoint =
                new TrainingCheckpoint(
                        setup.model(), adapters.names(), optimizer, setup.provenance(totalSteps));
    }

    void restore(Path from) {
        TrainerState state = checkpoint.restore(from);
        step = state.step();
        tokens = state.tokens();
        secondsBefore = state.seconds();
        losses.addAll(state.losses());
        evaluations.putAll(state.evaluations());
        lastCheckpoint = Optional.of(from);
    }

    TrainingReport run(BooleanSupplier stopped) {
        startedAt = System.nanoTime();
        ThroughputMeter meter = new ThroughputMeter(STEPS_MEASURED, startedAt);
        long stepsBefore = step;
        try (ProgressDisplay display =
                ProgressDisplay.of(config.progressBar(), totalSteps, step, secondsBefore)) {
            listeners.add(new MetricsLog(config.logEverySteps()));
            listeners.add(display);
            listeners.addAll(setup.listeners());

            boolean stopping = stopped.getAsBoolean();
            while (step < totalSteps && !stopping) {
                StepMetrics metrics = takeStep(step + 1, meter, stepsBefore);
                tell(listener -> listener.onStep(metrics));
                stopping = stopped.getAsBoolean();
                boolean last = step == totalSteps;
                if (isDue(config.evaluateEverySteps()) || last) {
                    evaluate();
                }
                if (isDue(config.checkpointEverySteps()) || last || stopping) {
                    writeCheckpoint();
                }
            }
        }
        TrainingReport report = report();
        tell(listener -> listener.onEnd(report));
        return report;
    }

    private StepMetrics takeStep(long number, ThroughputMeter meter, long stepsBefore) {
        List<MicroBatch> batches = batches(number);
        double rate = config.learningRate(number, totalSteps);
        Update update = update(number, batches, rate);
        long stepTokens = batches.stream().mapToLong(MicroBatch::tokens).sum();
        step = number;
        tokens += stepTokens;
        losses.add(update.loss());
        long now = System.nanoTime();
        return new StepMetrics(
                step,
                totalSteps,
                epoch(),
                update.loss(),
                rate,
                update.gradientNorm(),
                tokens,
                meter.add(stepTokens, now),
                duration(seconds(now)),
                duration((now - startedAt) / 1e9 / (step - stepsBefore) * (totalSteps - step)));
    }

    /** What an update began with: the mean loss, and the norm before clipping. */
    private record Update(double loss, double gradientNorm) {}

    /** Forward, backward, clip, update; if a number is not finite the parameters stay. */
    private Update update(long number, List<MicroBatch> batches, double rate) {
        Map<String, Long> labelsOf = new TreeMap<>();
        batches.forEach(
                batch -> batch.labelsOf().forEach((k, v) -> labelsOf.merge(k, v, Long::sum)));
        long labels = batches.stream().mapToLong(MicroBatch::labels).sum();
        try {
            double loss = accumulate(number, batches, labels);
            adapters.separate(labelsOf, labels);
            adapters.accumulatePenalties(labelsOf.keySet());
            double norm = adapters.clip(config.maxGradientNorm().orElse(Double.POSITIVE_INFINITY));
            optimizer.step(rate);
            adapters.afterStep(labelsOf.keySet(), number, totalSteps);
            return new Update(loss, norm);
        } catch (NonFiniteException e) {
            NonFiniteException named =
                    new NonFiniteException("step " + number + ": " + e.getMessage());
            named.initCause(e);
            throw named;
        } finally {
            adapters.clearGradients();
        }
    }

    private double accumulate(long number, List<MicroBatch> batches, long labels) {
        double loss = 0;
        for (int i = 0; i < batches.size(); i++) {
            MicroBatch batch = batches.get(i);
            double scale = config.normalization().scale(batch.labels(), labels, batches.size());
            long seed = Seeds.of(config.seed(), number, i);
            StepLoss of =
                    setup.model().accumulateGradients(batch.selection(), batch.rows(), scale, seed);
            loss += of.sum() * scale;
        }
        return loss;
    }

    private List<MicroBatch> batches(long number) {
        List<Example> examples = setup.data().examples();
        List<MicroBatch> batches = new ArrayList<>();
        for (List<Integer> members : plan.batches(number)) {
            batches.add(
                    MicroBatch.of(
                            members.stream().map(examples::get).toList(),
                            setup.selection(),
                            setup.collator(),
                            setup.model()));
        }
        return batches;
    }

    private boolean isDue(int everySteps) {
        return everySteps > 0 && step % everySteps == 0;
    }

    private void evaluate() {
        if (setup.evaluation().isEmpty()) {
            return;
        }
        Evaluation evaluation =
                new Evaluator(setup.model(), setup.collator(), config.batchSize())
                        .loss(setup.selection(), setup.evaluation());
        evaluations.put(step, evaluation);
        tell(listener -> listener.onEvaluation(step, evaluation));
    }

    private void writeCheckpoint() {
        Optional<CheckpointStore> store = setup.store();
        if (store.isEmpty()) {
            return;
        }
        TrainerState state = state();
        Uninterrupted.run(
                () -> {
                    Path written =
                            store.get()
                                    .write(step, directory -> checkpoint.write(directory, state));
                    lastCheckpoint = Optional.of(written);
                });
        tell(listener -> listener.onCheckpoint(step, lastCheckpoint.orElseThrow()));
    }

    private TrainerState state() {
        return new TrainerState(
                step, epoch(), tokens, seconds(System.nanoTime()), losses, evaluations);
    }

    private TrainingReport report() {
        return new TrainingReport(
                step,
                totalSteps,
                List.copyOf(losses),
                Collections.unmodifiableSortedMap(evaluations),
                tokens,
                seconds(System.nanoTime()),
                setup.data(),
                lastCheckpoint);
    }

    private double epoch() {
        return (double) step / plan.stepsPerEpoch();
    }

    private double seconds(long now) {
        return secondsBefore + (now - startedAt) / 1e9;
    }

    private static Duration duration(double seconds) {
        return Duration.ofMillis(Math.round(seconds * 1e3));
    }

    private void tell(Consumer<TrainingListener> event) {
        listeners.forEach(event);
    }

    @Override
    public void close() {
        optimizer.close();
        held.close();
    }
}
