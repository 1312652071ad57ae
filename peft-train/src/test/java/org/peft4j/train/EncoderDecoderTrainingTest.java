package org.peft4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftModel;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.Golden;
import org.peft4j.lora.LoraConfig;
import org.peft4j.train.data.Collator;
import org.peft4j.train.data.Example;
import org.peft4j.train.metrics.Accuracy;
import org.peft4j.train.metrics.Evaluator;

/** The training loop trains encoder-decoders like any other base. */
final class EncoderDecoderTrainingTest {

    private static final AdapterSelection TASK = AdapterSelection.of("task");
    private static final LoraConfig LORA =
            LoraConfig.builder()
                    .rank(8)
                    .alpha(32)
                    .dropout(0.1)
                    .targetModules("q", "k", "v", "o", "wi", "wo")
                    .modulesToSave("lm_head")
                    .build();

    /** Random sources with targets that begin as they do. */
    private static List<Example> examples(BaseModel base) {
        Random random = new Random(3);
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            long[] source = random.longs(4 + random.nextInt(4), 3, 90).toArray();
            long[] target = {source[0], source[1], source[2], 1};
            examples.add(Example.ofTarget(source, target, base.decoderStart().orElseThrow()));
        }
        return examples;
    }

    private static TrainerBuilder trainer(PeftModel model, TrainingConfigBuilder config) {
        return Trainer.builder()
                .setModel(model)
                .setSelection(TASK)
                .setExamples(examples(model.base()))
                .setConfig(config.build());
    }

    private record Result(List<Double> losses, Map<String, float[]> parameters) {}

    private static Result train(TrainingConfigBuilder config, boolean resumes) {
        try (BaseModel base = Tiny.base("t5");
                PeftModel model = PeftModel.of(base)) {
            model.add("task", LORA, 1);
            Trainer trainer = trainer(model, config).build();
            TrainingReport report = resumes ? trainer.resume() : trainer.train();
            return new Result(report.losses(), Tiny.parameters(model.adapter("task")));
        }
    }

    @Test
    void learnsByHeart() {
        try (BaseModel base = Tiny.base("t5");
                PeftModel model = PeftModel.of(base)) {
            model.add("task", LORA, 1);
            Evaluator evaluator = new Evaluator(model, Collator.toLongest(), 4);
            Accuracy before = evaluator.accuracy(TASK, examples(base));
            double first = evaluator.loss(TASK, examples(base)).loss();
            trainer(model, Tiny.config().epochs(60).batchSize(3)).build().train();
            double last = evaluator.loss(TASK, examples(base)).loss();
            Accuracy after = evaluator.accuracy(TASK, examples(base));
            assertEquals(24, after.tokens());
            assertTrue(last < 0.5 * first, "from " + first + " to " + last);
            assertTrue(after.rightTokens() > before.rightTokens() + 8, after.toString());
        }
    }

    @Test
    void goesOnAsIfItHadNotStopped(@TempDir Path straight, @TempDir Path stopped) {
        TrainingConfigBuilder config = Tiny.config().batchSize(2).checkpointEverySteps(3);
        Result whole = train(config.maxSteps(6).checkpointDirectory(straight), false);
        try (BaseModel base = Tiny.base("t5");
                PeftModel model = PeftModel.of(base)) {
            model.add("task", LORA, 1);
            Trainer[] trainer = new Trainer[1];
            trainer[0] =
                    trainer(model, config.maxSteps(6).checkpointDirectory(stopped))
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
            trainer[0].train();
        }
        Result resumed = train(config.maxSteps(6).checkpointDirectory(stopped), true);
        assertEquals(whole.losses(), resumed.losses());
        assertEquals(0, Tiny.difference(whole.parameters(), resumed.parameters()));
    }

    @Test
    void greedyGenerationIsAnExactMatch() {
        Golden golden = Fixtures.golden("bases/bart");
        long[] generated = golden.longs("generate.output_ids");
        long[] answer = java.util.Arrays.copyOfRange(generated, 1, generated.length);
        long[] mistaken = answer.clone();
        mistaken[9] = mistaken[9] == 7 ? 8 : 7;
        try (BaseModel base = Tiny.base("bart");
                PeftModel model = PeftModel.of(base)) {
            long[] source = golden.longs("generate.input_ids");
            List<Example> examples = new ArrayList<>();
            for (long[] target : List.of(answer, mistaken)) {
                examples.add(Example.ofTarget(source, target, base.decoderStart().orElseThrow()));
            }
            assertEquals(
                    new Accuracy(19, 20, 1, 2),
                    new Evaluator(model, Collator.toLongest(), 2)
                            .accuracy(AdapterSelection.none(), examples));
        }
    }
}
