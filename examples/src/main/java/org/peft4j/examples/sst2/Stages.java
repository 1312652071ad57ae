package org.peft4j.examples.sst2;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftModel;
import org.peft4j.train.Trainer;
import org.peft4j.train.TrainingConfigBuilder;
import org.peft4j.train.TrainingReport;
import org.peft4j.train.data.Collator;
import org.peft4j.train.data.Example;

/** Trains what a recipe names, one stage after the other. */
final class Stages {

    private final PeftModel model;
    private final Collator collator;
    private final Supplier<TrainingConfigBuilder> config;
    private final Path out;
    private final boolean resume;

    /**
     * Makes the stages of one run.
     *
     * @param config starts the settings of a stage
     * @param out gets the adapters and the checkpoints
     * @param resume whether to go on from what is there
     */
    Stages(
            PeftModel model,
            Collator collator,
            Supplier<TrainingConfigBuilder> config,
            Path out,
            boolean resume) {
        this.model = model;
        this.collator = collator;
        this.config = config;
        this.out = out;
        this.resume = resume;
    }

    /** Returns the directory that the adapters are saved to. */
    Path adapters() {
        return out.resolve("adapter");
    }

    /**
     * Trains the recipe's members, each on an equal share of the examples, saves and freezes them.
     *
     * @param seed decides their initial values
     * @return the seconds that it took
     */
    double trainMembers(Recipe recipe, List<Example> examples, long seed) {
        int count = recipe.members().size();
        String[] names = Recipe.memberNames(count);
        double seconds = 0;
        for (int i = 0; i < count; i++) {
            Path directory = adapters().resolve(names[i]);
            if (resume && Files.exists(directory)) {
                model.load(names[i], directory);
                continue;
            }
            model.add(names[i], recipe.members().get(i), seed + i);
            TrainingReport report =
                    run(names[i], AdapterSelection.of(names[i]), share(examples, i, count));
            if (!report.isComplete()) {
                throw new PeftException(
                        "stopped while training " + names[i] + ". Go on with --resume.");
            }
            model.save(names[i], directory);
            model.adapter(names[i]).setTrainable(false);
            seconds += report.seconds();
        }
        return seconds;
    }

    /** Trains the method itself. */
    TrainingReport train(AdapterSelection selection, List<Example> examples) {
        return run("method", selection, examples);
    }

    private static List<Example> share(List<Example> examples, int index, int count) {
        List<Example> share = new ArrayList<>();
        for (int i = index; i < examples.size(); i += count) {
            share.add(examples.get(i));
        }
        return share;
    }

    private TrainingReport run(String stage, AdapterSelection selection, List<Example> examples) {
        Path checkpoints = out.resolve("checkpoints").resolve(stage);
        Trainer trainer =
                Trainer.builder()
                        .setModel(model)
                        .setSelection(selection)
                        .setExamples(examples)
                        .optCollator(collator)
                        .setConfig(config.get().checkpointDirectory(checkpoints).build())
                        .build();
        return resume && Files.exists(checkpoints) ? trainer.resume() : trainer.train();
    }

    /** Returns the size of all saved files. */
    long savedBytes() throws IOException {
        try (Stream<Path> files = Files.walk(adapters())) {
            long bytes = 0;
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                bytes += Files.size(file);
            }
            return bytes;
        }
    }
}
