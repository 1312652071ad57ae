package org.peft4j.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftModel;
import org.peft4j.fixtures.fuzz.Fuzz;
import org.peft4j.fixtures.fuzz.Mutations;

/** A damaged checkpoint of a training is refused in a sentence, or goes on. */
class CheckpointFuzzTest {

    @TempDir Path original;

    @Test
    void checkpoints() {
        try (BaseModel base = Tiny.base("llama")) {
            try (PeftModel model = Tiny.model(base, 0, "task")) {
                trainer(model, original, 1).train();
            }
            damaged(base, original.resolve("checkpoint-1"));
        }
    }

    private static void damaged(BaseModel base, Path saved) {
        Fuzz.run(
                "training checkpoint",
                40,
                (random, directory) -> {
                    Path copy = directory.resolve("checkpoint-1");
                    copy(saved, copy);
                    Mutations.damage(random, copy, names(copy));
                    try (PeftModel model = Tiny.model(base, 0, "task")) {
                        trainer(model, directory, 2).resume();
                    }
                });
    }

    private static Trainer trainer(PeftModel model, Path directory, int steps) {
        return Trainer.builder()
                .setModel(model)
                .setSelection(AdapterSelection.of("task"))
                .setExamples(Tiny.examples(2, 6))
                .setConfig(Tiny.config().maxSteps(steps).checkpointDirectory(directory).build())
                .build();
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                Files.copy(file, target);
            }
        }
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> directory.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }
}
