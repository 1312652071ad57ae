package org.peft4j.transformers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftModel;
import org.peft4j.core.SequenceLayout;
import org.peft4j.core.StepLoss;
import org.peft4j.core.TaskType;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.LinearPoint;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.Golden;
import org.peft4j.fixtures.GoldenTensor;
import org.peft4j.transformers.HeadOptions.Problem;

/** The task heads of decoders compute what those of {@code transformers} do. */
final class DecoderHeadsTest {

    private static final double LIMIT = 1e-5;
    private static final AdapterSelection NONE = AdapterSelection.none();

    @ParameterizedTest
    @ValueSource(
            strings = {"llama-heads", "qwen3-heads", "gpt2-heads", "gpt-neox-heads", "opt-heads"})
    void classifiesSequences(String name) {
        Golden golden = Fixtures.golden("bases/" + name);
        for (Problem problem : Problem.values()) {
            HeadOptions head = new HeadOptions(TaskType.SEQ_CLS, null, problem, false, 0);
            try (BaseModel base = open(name, head);
                    PeftModel model = PeftModel.of(base)) {
                for (String side : List.of("", "left.")) {
                    TokenBatch batch = tokens(golden, side);
                    String task = side + "seq_cls.";
                    compare(model, batch, golden.floats(task + "logits"), null);
                    compareLoss(model, scored(golden, task, problem, batch), golden, task, problem);
                }
                TokenBatch inside = tokens(golden, "pad_inside.");
                compare(model, inside, golden.floats("pad_inside.logits"), null);
            }
        }
    }

    private static TokenBatch scored(
            Golden golden, String task, Problem problem, TokenBatch batch) {
        return switch (problem) {
            case SINGLE_LABEL_CLASSIFICATION -> batch.withLabels(golden.longs(task + "labels"));
            case MULTI_LABEL_CLASSIFICATION ->
                    batch.withTargets(golden.floats(task + "multi_label.labels"));
            case REGRESSION -> batch.withTargets(golden.floats(task + "regression.labels"));
        };
    }

    private static void compareLoss(
            PeftModel model, TokenBatch batch, Golden golden, String task, Problem problem) {
        String name =
                switch (problem) {
                    case SINGLE_LABEL_CLASSIFICATION -> "loss";
                    case MULTI_LABEL_CLASSIFICATION -> "multi_label.loss";
                    case REGRESSION -> "regression.loss";
                };
        compareLoss(model, batch, golden.get(task + name));
    }

    private static void compareLoss(PeftModel model, TokenBatch batch, GoldenTensor expected) {
        StepLoss loss = model.loss(NONE, batch);
        assertEquals(expected.single(), loss.mean(), 1e-5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama-heads", "qwen3-heads", "gpt2-heads", "gpt-neox-heads"})
    void classifiesTokens(String name) {
        Golden golden = Fixtures.golden("bases/" + name);
        try (BaseModel base = open(name, HeadOptions.of(TaskType.TOKEN_CLS));
                PeftModel model = PeftModel.of(base)) {
            for (String side : List.of("", "left.")) {
                TokenBatch batch = tokens(golden, side);
                String task = side + "token_cls.";
                long[] mask = golden.longs(side + "attention_mask");
                compare(model, batch, golden.floats(task + "logits"), mask);
                TokenBatch labelled = batch.withLabels(golden.longs(task + "labels"));
                compareLoss(model, labelled, golden.get(task + "loss"));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "llama-heads",
                "llama-question-ans",
                "qwen3-heads",
                "gpt2-heads",
                "gpt-neox-heads",
                "opt-heads"
            })
    void findsSpans(String name) {
        boolean twin = name.equals("llama-question-ans");
        Golden golden = Fixtures.golden("bases/" + (twin ? "llama-heads" : name));
        try (BaseModel base = open(name, HeadOptions.of(TaskType.QUESTION_ANS));
                PeftModel model = PeftModel.of(base)) {
            for (String side : List.of("", "left.")) {
                String task = side + "question_ans.";
                TokenBatch batch = tokens(golden, side);
                float[] starts = golden.floats(task + "start_logits");
                float[] ends = golden.floats(task + "end_logits");
                compare(model, batch, interleaved(starts, ends), null);
                compareLoss(
                        model, batch.withLabels(spans(golden, task)), golden.get(task + "loss"));
            }
        }
    }

    private static long[] spans(Golden golden, String task) {
        long[] starts = golden.longs(task + "start_positions");
        long[] ends = golden.longs(task + "end_positions");
        return IntStream.range(0, 2 * starts.length)
                .mapToLong(i -> i % 2 == 0 ? starts[i / 2] : ends[i / 2])
                .toArray();
    }

    private static float[] interleaved(float[] a, float[] b) {
        float[] both = new float[2 * a.length];
        for (int i = 0; i < a.length; i++) {
            both[2 * i] = a[i];
            both[2 * i + 1] = b[i];
        }
        return both;
    }

    @ParameterizedTest
    @CsvSource({
        "llama-heads, layers.0.self_attn.q_proj",
        "qwen3-heads, layers.0.self_attn.q_proj",
        "gpt2-heads, h.0.attn.c_attn",
        "gpt-neox-heads, layers.0.attention.query_key_value",
        "opt-heads, decoder.layers.0.self_attn.q_proj"
    })
    void givesFeaturesUnderPathsWithoutPrefix(String name, String path) {
        Golden golden = Fixtures.golden("bases/" + name);
        try (BaseModel base = open(name, HeadOptions.of(TaskType.FEATURE_EXTRACTION));
                PeftModel model = PeftModel.of(base)) {
            assertEquals(true, base.points().paths(LinearPoint.class).contains(path), path);
            for (String side : List.of("", "left.")) {
                compare(
                        model,
                        tokens(golden, side),
                        golden.floats(side + "feature.hidden_last"),
                        golden.longs(side + "attention_mask"));
            }
        }
    }

    @Test
    void aSingleLabelMeansRegression() {
        Golden golden = Fixtures.golden("bases/gpt2-regression");
        try (BaseModel base = Checkpoints.open(Fixtures.base("gpt2-regression"));
                PeftModel model = PeftModel.of(base)) {
            TokenBatch batch = tokens(golden, "");
            compare(model, batch, golden.floats("seq_cls.logits"), null);
            compareLoss(
                    model,
                    batch.withTargets(golden.floats("seq_cls.labels")),
                    golden.get("seq_cls.loss"));
        }
    }

    /** transformers keeps the model behind a head for answers under another name. */
    @Test
    void namesTheModelAsTransformersDoesForEachTask() {
        Map<String, String> roots = Map.of("llama", "transformer.", "mistral", "model.");
        roots.forEach(
                (name, root) -> {
                    try (BaseModel base = open(name, HeadOptions.of(TaskType.QUESTION_ANS))) {
                        String first = base.points().paths(LinearPoint.class).get(0);
                        assertEquals(root + "layers.0.self_attn.q_proj", first);
                        assertEquals(List.of("qa_outputs"), base.headModules());
                    }
                });
    }

    @Test
    void refusesTasksThatAFamilyHasNoClassFor() {
        Map<String, Set<TaskType>> missing =
                Map.of(
                        "opt", Set.of(TaskType.TOKEN_CLS, TaskType.SEQ_2_SEQ_LM),
                        "gemma", Set.of(TaskType.QUESTION_ANS),
                        "gemma2", Set.of(TaskType.QUESTION_ANS),
                        "phi3", Set.of(TaskType.QUESTION_ANS));
        missing.forEach(
                (name, tasks) ->
                        tasks.forEach(
                                task ->
                                        Refused.because(
                                                "has no head for " + task,
                                                () -> open(name, HeadOptions.of(task)).close())));
    }

    private static BaseModel open(String name, HeadOptions head) {
        return Checkpoints.open(Fixtures.base(name), LoadOptions.defaults().withHead(head));
    }

    private static TokenBatch tokens(Golden golden, String prefix) {
        GoldenTensor ids = golden.get(prefix + "input_ids");
        long[] mask = golden.longs(prefix + "attention_mask");
        return new TokenBatch(new SequenceLayout(ids.size(0), 0, ids.size(1), mask), ids.longs());
    }

    private static void compare(
            PeftModel model, TokenBatch batch, float[] expected, long @Nullable [] mask) {
        try (Tensor logits = model.logits(NONE, batch)) {
            Compare.close("logits", expected, logits.toFloats(), mask, LIMIT);
        }
    }
}
