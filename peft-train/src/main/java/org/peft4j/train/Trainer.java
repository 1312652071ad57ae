package org.peft4j.train;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.ExitGuard;
import org.peft4j.core.PeftException;
import org.peft4j.train.checkpoint.CheckpointStore;
import org.peft4j.train.data.Truncation;

/**
 * Trains adapters on examples. It knows neither the base nor the method.
 *
 * <p>A training stops early, after the step it is in and with a checkpoint, when {@link #stop} is
 * called, its thread is interrupted, or the JVM is told to exit; the exit waits for that ({@link
 * ExitGuard}).
 */
public final class Trainer {

    private final TrainingSetup setup;
    private final AtomicBoolean stopped = new AtomicBoolean();

    Trainer(TrainingSetup setup) {
        this.setup = setup;
    }

    /** Starts with what must be set: model, selection, examples and config. */
    public static TrainerBuilder builder() {
        return new TrainerBuilder();
    }

    /**
     * Trains from the first step.
     *
     * @return what was done
     * @throws PeftException if the checkpoint directory holds checkpoints already, or cannot be
     *     written to; nothing is trained then
     * @throws org.peft4j.core.NonFiniteException if a loss or a gradient is NaN or infinite; the
     *     parameters are those before that step then, and the message names it
     */
    public TrainingReport train() {
        setup.store()
                .flatMap(CheckpointStore::latest)
                .ifPresent(
                        latest -> {
                            throw new PeftException(
                                    latest
                                            + " is there from an earlier training. Go on with it by"
                                            + " resume(), or choose another checkpoint directory.");
                        });
        return run(null);
    }

    /**
     * Goes on from the newest checkpoint, to the numbers that an uninterrupted training gives.
     *
     * @return what was done, the steps before the checkpoint included
     * @throws PeftException if there is none, or as {@link #resume(Path)} does
     */
    public TrainingReport resume() {
        Optional<Path> latest = setup.store().flatMap(CheckpointStore::latest);
        return run(
                latest.orElseThrow(
                        () ->
                                new PeftException(
                                        "there is no checkpoint to resume from in "
                                                + setup.config().checkpointDirectory()
                                                + ". Call train() to begin.")));
    }

    /**
     * Goes on from a checkpoint. The model must have adapters of the same names and configs as
     * then; their parameters are overwritten.
     *
     * @param checkpoint a directory {@code checkpoint-STEP}
     * @return what was done, the steps before the checkpoint included
     * @throws org.peft4j.core.BadFileException if the checkpoint is damaged, or was made with other
     *     settings, data, base or adapters; nothing is changed then
     */
    public TrainingReport resume(Path checkpoint) {
        return run(checkpoint);
    }

    private TrainingReport run(@Nullable Path from) {
        stopped.set(false);
        setup.store().ifPresent(CheckpointStore::requireWritable);
        setup.store().ifPresent(CheckpointStore::clearAbandoned);
        try (ExitGuard exit = ExitGuard.open();
                TrainingRun run = new TrainingRun(setup)) {
            if (from != null) {
                run.restore(from);
            }
            return run.run(
                    () ->
                            stopped.get()
                                    || exit.isExiting()
                                    || Thread.currentThread().isInterrupted());
        }
    }

    /** Asks the running training to stop after the step it is in; callable from any thread. */
    public void stop() {
        stopped.set(true);
    }

    /** Returns what had to be done to make the examples fit. */
    public Truncation data() {
        return setup.data();
    }
}
