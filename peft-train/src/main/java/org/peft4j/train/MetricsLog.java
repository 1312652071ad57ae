package org.peft4j.train;

import java.nio.file.Path;
import org.peft4j.train.metrics.Evaluation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes metrics to the log of {@link Trainer}. */
final class MetricsLog implements TrainingListener {

    private static final Logger LOG = LoggerFactory.getLogger(Trainer.class);

    private final int everySteps;

    MetricsLog(int everySteps) {
        this.everySteps = everySteps;
    }

    @Override
    public void onStep(StepMetrics metrics) {
        boolean last = metrics.step() == metrics.totalSteps();
        if (everySteps > 0 && (metrics.step() % everySteps == 0 || last)) {
            LOG.info("{}", metrics);
        }
    }

    @Override
    public void onEvaluation(long step, Evaluation evaluation) {
        LOG.info(
                "step {}, evaluation loss {}, perplexity {}",
                step,
                evaluation.loss(),
                evaluation.perplexity());
    }

    @Override
    public void onCheckpoint(long step, Path checkpoint) {
        LOG.info("step {}, wrote {}", step, checkpoint);
    }

    @Override
    public void onEnd(TrainingReport report) {
        LOG.info(
                "{} of {} steps, {} tokens in {} s",
                report.steps(),
                report.totalSteps(),
                report.tokens(),
                Math.round(report.seconds()));
    }
}
