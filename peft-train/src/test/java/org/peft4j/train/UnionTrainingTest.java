package org.peft4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.peft4j.adapter.Union;
import org.peft4j.adapter.bottleneck.BottleneckConfig;
import org.peft4j.adapter.hub.AdapterHub;
import org.peft4j.core.BaseModel;
import org.peft4j.core.Parameter;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftModel;
import org.peft4j.fixtures.Compare;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.Golden;
import org.peft4j.lora.LoraConfig;
import org.peft4j.prompt.prefix.AttentionPrefixConfig;
import org.peft4j.prompt.prefix.AttentionPrefixConfig.Gating;
import org.peft4j.train.data.BatchOrder;
import org.peft4j.train.optim.Schedule;

/** A stack of trainable adapters is trained as one, and goes on where it stopped. */
final class UnionTrainingTest {

    private static final int STEPS = 6;

    @TempDir private Path directory;

    private static Map<String, PeftConfig> uniPelt(double dropout) {
        Map<String, PeftConfig> parts = new LinkedHashMap<>();
        parts.put(
                "prefix",
                AttentionPrefixConfig.builder()
                        .length(3)
                        .bottleneckSize(6)
                        .dropout(dropout)
                        .gating(Gating.SHARED)
                        .build());
        parts.put(
                "bottleneck",
                BottleneckConfig.pfeiffer()
                        .reductionFactor(4)
                        .dropout(dropout)
                        .useGating(true)
                        .build());
        parts.put("lora", LoraConfig.builder().rank(2).dropout(dropout).useGating(true).build());
        return parts;
    }

    /** A model as a process of its own has it. */
    private record Session(BaseModel base, PeftModel model, Union union) implements AutoCloseable {

        static Session start(double dropout) {
            BaseModel base = Tiny.base("llama");
            PeftModel model = PeftModel.of(base);
            return new Session(base, model, Union.add(model, "uni", uniPelt(dropout), 1));
        }

        TrainerBuilder trainer(TrainingConfigBuilder config) {
            return Trainer.builder()
                    .setModel(model)
                    .setSelection(union.selection())
                    .setExamples(Tiny.examples(10, 6))
                    .optEvaluation(Tiny.examples(3, 7))
                    .setConfig(config.maxSteps(STEPS).build());
        }

        Map<String, float[]> parameters() {
            Map<String, float[]> all = new TreeMap<>();
            for (String part : union.selection().stack()) {
                Tiny.parameters(model.adapter(part))
                        .forEach((key, value) -> all.put(part + " " + key, value));
            }
            return all;
        }

        @Override
        public void close() {
            model.close();
            base.close();
        }
    }

    /** One norm and one mean over all parts, as in AdapterHub's library. */
    @ParameterizedTest
    @ValueSource(strings = {"mam-llama", "unipelt-llama"})
    void trainsAsPythonDoes(String name) {
        Golden golden = Fixtures.golden("hub/" + name);
        float[] losses = golden.floats("steps.loss");
        try (BaseModel base = Tiny.base("llama");
                PeftModel model = PeftModel.of(base)) {
            Union union = Union.loadTrainable(model, "u", Fixtures.hub(name), new AdapterHub());
            TrainingReport report =
                    Trainer.builder()
                            .setModel(model)
                            .setSelection(union.selection())
                            .setExamples(Tiny.goldenExamples(golden))
                            .setConfig(
                                    Tiny.config()
                                            .order(BatchOrder.AS_GIVEN)
                                            .schedule(Schedule.CONSTANT)
                                            .learningRate(5e-3)
                                            .weightDecay(0.01)
                                            .maxGradientNorm(1)
                                            .maxSteps(losses.length)
                                            .build())
                            .build()
                            .train();
            assertEquals(losses.length, report.steps());
            for (String part : union.selection().stack()) {
                for (Parameter parameter : model.adapter(part).parameters()) {
                    Compare.close(
                            parameter.key(),
                            golden.floats("after." + parameter.key()),
                            parameter.value().toFloats(),
                            1e-4);
                }
            }
        }
    }

    @Test
    void goesOnWithoutLoss(@TempDir Path other) {
        TrainingReport straight;
        Map<String, float[]> expected;
        try (Session session = Session.start(0.1)) {
            straight = session.trainer(config(other)).build().train();
            expected = session.parameters();
        }
        try (Session session = Session.start(0.1)) {
            Trainer[] trainer = new Trainer[1];
            trainer[0] =
                    session.trainer(config(directory))
                            .addListener(
                                    new TrainingListener() {
                                        @Override
                                        public void onStep(StepMetrics metrics) {
                                            if (metrics.step() == 3) {
                                                trainer[0].stop();
                                            }
                                        }
                                    })
                            .build();
            assertEquals(3, trainer[0].train().steps());
        }
        try (Session session = Session.start(0.1)) {
            TrainingReport report = session.trainer(config(directory)).build().resume();
            assertEquals(straight.losses(), report.losses());
            assertEquals(0, Tiny.difference(expected, session.parameters()));
            assertEquals(
                    straight.evaluations().get((long) STEPS),
                    report.evaluations().get((long) STEPS));
        }
        // a checkpoint holds each part where it can be loaded from
        try (BaseModel base = Tiny.base("llama");
                PeftModel model = PeftModel.of(base)) {
            Path last = directory.resolve("checkpoint-" + STEPS);
            for (String part : List.of("uni.prefix", "uni.bottleneck", "uni.lora")) {
                model.load(part, last.resolve(part));
                assertTrue(
                        Tiny.parameters(model.adapter(part)).entrySet().stream()
                                .allMatch(
                                        entry ->
                                                Arrays.equals(
                                                        entry.getValue(),
                                                        expected.get(part + " " + entry.getKey()))),
                        part);
            }
        }
    }

    private static TrainingConfigBuilder config(Path checkpoints) {
        return Tiny.config()
                .gradientAccumulation(2)
                .warmupSteps(2)
                .checkpointDirectory(checkpoints);
    }

    @Test
    void aPartThatIsFrozenStays() {
        try (Session session = Session.start(0)) {
            session.model().adapter("uni.prefix").setTrainable(false);
            Map<String, float[]> before = session.parameters();
            session.trainer(Tiny.config()).build().train();
            session.parameters()
                    .forEach(
                            (key, value) ->
                                    assertEquals(
                                            key.startsWith("uni.prefix"),
                                            Arrays.equals(value, before.get(key)),
                                            key));
        }
    }
}
