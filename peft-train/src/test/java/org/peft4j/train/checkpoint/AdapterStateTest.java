package org.peft4j.train.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BadFileException;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftModel;
import org.peft4j.train.StepMetrics;
import org.peft4j.train.Tiny;
import org.peft4j.train.Trainer;
import org.peft4j.train.TrainingListener;
import org.peft4j.train.TrainingReport;

/** What an adapter remembers besides its parameters survives with them. */
final class AdapterStateTest {

    private static Trainer trainer(PeftModel model, Path directory, long stopAfter) {
        Trainer[] trainer = new Trainer[1];
        trainer[0] =
                Trainer.builder()
                        .setModel(model)
                        .setSelection(AdapterSelection.of("memory"))
                        .setExamples(Tiny.examples(6, 1))
                        .setConfig(Tiny.config().epochs(2).checkpointDirectory(directory).build())
                        .addListener(
                                new TrainingListener() {
                                    @Override
                                    public void onStep(StepMetrics metrics) {
                                        if (metrics.step() == stopAfter) {
                                            trainer[0].stop();
                                        }
                                    }
                                })
                        .build();
        return trainer[0];
    }

    private static PeftModel model(BaseModel base) {
        PeftModel model = PeftModel.of(base);
        model.add("memory", new RememberingMethod.Config(), 3);
        return model;
    }

    @Test
    void isSavedAndRestored(@TempDir Path straight, @TempDir Path directory) throws IOException {
        try (BaseModel base = Tiny.base("llama")) {
            TrainingReport expected;
            Map<String, float[]> parameters;
            try (PeftModel model = model(base)) {
                expected = trainer(model, straight, 0).train();
                parameters = Tiny.parameters(model.adapter("memory"));
            }
            try (PeftModel model = model(base)) {
                assertEquals(3, trainer(model, directory, 3).train().steps());
            }
            try (PeftModel model = model(base)) {
                TrainingReport report = trainer(model, directory, 0).resume();
                assertEquals(expected.losses(), report.losses());
                assertEquals(
                        0, Tiny.difference(parameters, Tiny.parameters(model.adapter("memory"))));
            }
            Path checkpoint = directory.resolve("checkpoint-3");
            Files.delete(checkpoint.resolve("adapter_state.safetensors"));
            try (PeftModel model = model(base)) {
                BadFileException error =
                        assertThrows(
                                BadFileException.class,
                                () -> trainer(model, directory, 0).resume(checkpoint));
                assertTrue(
                        String.valueOf(error.getMessage()).contains("adapter_state.safetensors"),
                        error.getMessage());
            }
        }
    }
}
