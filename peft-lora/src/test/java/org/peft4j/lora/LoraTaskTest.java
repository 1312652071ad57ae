package org.peft4j.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.Parameter;
import org.peft4j.core.PeftModel;
import org.peft4j.core.SequenceLayout;
import org.peft4j.core.TaskType;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.ops.Tensor;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.Golden;
import org.peft4j.fixtures.PlainTraining;
import org.peft4j.transformers.Checkpoints;
import org.peft4j.transformers.HeadOptions;
import org.peft4j.transformers.LoadOptions;

/** What peft computes and trains with its adapters for other tasks than language modelling. */
final class LoraTaskTest {

    private static final AdapterSelection ADAPTER = AdapterSelection.of("default");

    private static final Set<TaskType> TASKS =
            Set.of(
                    TaskType.SEQ_2_SEQ_LM,
                    TaskType.SEQ_CLS,
                    TaskType.TOKEN_CLS,
                    TaskType.QUESTION_ANS,
                    TaskType.FEATURE_EXTRACTION);

    private static List<String> names() {
        return Fixtures.adapters().stream().filter(name -> TASKS.contains(task(name))).toList();
    }

    private static List<String> trainableNames() {
        return names().stream().filter(name -> task(name) != TaskType.FEATURE_EXTRACTION).toList();
    }

    private static TaskType task(String name) {
        return JsonFields.read(Fixtures.adapter(name).resolve("adapter_config.json"))
                .optionalString("task_type")
                .map(TaskType::valueOf)
                .orElse(TaskType.CAUSAL_LM);
    }

    /** The base for the adapter's task; {@code bert} alone has no head, so no labels either. */
    private static BaseModel open(LoraCase lora) {
        TaskType task = task(lora.name());
        boolean headless = lora.baseName().equals("bert") && task == TaskType.SEQ_CLS;
        HeadOptions head =
                headless ? HeadOptions.sequenceClassification("a", "b", "c") : HeadOptions.of(task);
        LoadOptions options = LoadOptions.defaults().withName(lora.baseName()).withHead(head);
        return Checkpoints.open(Fixtures.base(lora.baseName()), options);
    }

    @ParameterizedTest
    @MethodSource("names")
    void logits(String name) {
        LoraCase lora = new LoraCase(name);
        try (BaseModel base = open(lora);
                PeftModel model = lora.load(base)) {
            TokenBatch batch =
                    task(name) == TaskType.SEQ_2_SEQ_LM
                            ? labelled(base, lora.golden(), "", -1)
                            : lora.golden().batch("");
            compare(lora, model, AdapterSelection.none(), batch, "base");
            compare(lora, model, ADAPTER, batch, "unmerged");
            model.merge("default");
            compare(lora, model, AdapterSelection.none(), batch, "merged");
        }
    }

    private static void compare(
            LoraCase lora,
            PeftModel model,
            AdapterSelection selection,
            TokenBatch batch,
            String which) {
        if (lora.golden().names().stream().noneMatch(key -> key.endsWith("." + which))) {
            return; // a base without a head has no logits
        }
        try (Tensor logits = model.logits(selection, batch)) {
            boolean perRow = logits.shape().dimension() == 2;
            boolean everywhere = perRow || task(lora.name()) == TaskType.SEQ_2_SEQ_LM;
            Compare.closeWhere(
                    lora.name() + " " + which,
                    everywhere
                            ? ones(perRow ? batch.rows() : batch.inputIds().length)
                            : lora.golden().longs("attention_mask"),
                    expected(lora.golden(), which),
                    logits.toFloats(),
                    1e-5);
        }
    }

    private static long[] ones(int count) {
        long[] ones = new long[count];
        Arrays.fill(ones, 1);
        return ones;
    }

    private static float[] expected(Golden golden, String which) {
        if (golden.contains("hidden_last." + which)) {
            return golden.floats("hidden_last." + which);
        }
        if (golden.contains("logits." + which)) {
            return golden.floats("logits." + which);
        }
        float[] starts = golden.floats("start_logits." + which);
        float[] ends = golden.floats("end_logits." + which);
        float[] both = new float[2 * starts.length];
        for (int i = 0; i < starts.length; i++) {
            both[2 * i] = starts[i];
            both[2 * i + 1] = ends[i];
        }
        return both;
    }

    @ParameterizedTest
    @MethodSource("trainableNames")
    void lossAndGradients(String name) {
        LoraCase lora = new LoraCase(name);
        Golden golden = lora.golden();
        try (BaseModel base = open(lora);
                PeftModel model = lora.load(base)) {
            TokenBatch batch = labelled(base, golden, "", -1);
            double scale = 1.0 / base.lossCount(batch);
            double loss = model.accumulateGradients(ADAPTER, batch, scale, 0).mean();
            assertEquals(golden.get("loss").single(), loss, 1e-4 * loss, "loss");
            List<String> compared = new ArrayList<>();
            for (Parameter parameter : model.adapter("default").parameters()) {
                if (golden.contains("grad." + parameter.key())) {
                    Tensor gradient = parameter.gradient();
                    assertNotNull(gradient, parameter.key());
                    Compare.closeToLargest(
                            "gradient of " + parameter.key(),
                            golden.floats("grad." + parameter.key()),
                            gradient.toFloats(),
                            1e-4);
                    compared.add(parameter.key());
                }
            }
            assertEquals(
                    golden.names().stream().filter(n -> n.startsWith("grad.")).count(),
                    compared.size());
        }
    }

    @ParameterizedTest
    @MethodSource("trainableNames")
    void twentySteps(String name) {
        LoraCase lora = new LoraCase(name);
        Golden golden = lora.golden();
        float[] losses = golden.floats("steps.loss");
        try (BaseModel base = open(lora);
                PeftModel model = lora.load(base);
                PlainTraining training = new PlainTraining(model, "default", 5e-3)) {
            List<TokenBatch> batches =
                    List.of(
                            labelled(base, golden, "steps.", 0),
                            labelled(base, golden, "steps.", 1));
            for (int i = 0; i < losses.length; i++) {
                PlainTraining.Step step = training.step(batches.get(i % batches.size()));
                assertEquals(losses[i], step.loss(), 1e-4 * losses[i], "loss of step " + i);
            }
            for (Parameter parameter : model.adapter("default").parameters()) {
                if (golden.contains("after." + parameter.key())) {
                    Compare.close(
                            parameter.key() + " after 20 steps",
                            golden.floats("after." + parameter.key()),
                            parameter.value().toFloats(),
                            1e-4);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void trainableParameters(String name) {
        LoraCase lora = new LoraCase(name);
        try (BaseModel base = open(lora);
                PeftModel model = lora.load(base)) {
            assertEquals(
                    lora.facts().getAsJsonObject("trainable").get("text").getAsString(),
                    model.trainableParameters().toString());
        }
    }

    /**
     * A batch with what its task wants.
     *
     * @param index which of several batches; -1 where the tensors hold one alone
     */
    private static TokenBatch labelled(BaseModel base, Golden golden, String prefix, int index) {
        int first = index < 0 ? 0 : 1;
        int rows = golden.get(prefix + "input_ids").size(first);
        int length = golden.get(prefix + "input_ids").size(first + 1);
        TokenBatch batch =
                new TokenBatch(
                        new SequenceLayout(
                                rows, 0, length, longs(golden, prefix + "attention_mask", index)),
                        longs(golden, prefix + "input_ids", index));
        if (!golden.contains(prefix + "labels")) {
            long[] starts = longs(golden, prefix + "start_positions", index);
            long[] ends = longs(golden, prefix + "end_positions", index);
            return batch.withLabels(starts[0], ends[0], starts[1], ends[1]);
        }
        if (base.info().task() == TaskType.SEQ_2_SEQ_LM) {
            long[] labels = longs(golden, prefix + "labels", index);
            int width = labels.length / rows;
            List<long[]> targets =
                    IntStream.range(0, rows)
                            .mapToObj(r -> Arrays.copyOfRange(labels, r * width, (r + 1) * width))
                            .toList();
            return base.decoderStart().orElseThrow().sourceToTarget(batch, targets);
        }
        return golden.get(prefix + "labels").isFloating()
                ? batch.withTargets(floats(golden, prefix + "labels", index))
                : batch.withLabels(longs(golden, prefix + "labels", index));
    }

    private static long[] longs(Golden golden, String name, int index) {
        return index < 0 ? golden.longs(name) : golden.get(name).longs(index);
    }

    private static float[] floats(Golden golden, String name, int index) {
        float[] all = golden.floats(name);
        if (index < 0) {
            return all;
        }
        int count = golden.get(name).size(1);
        return Arrays.copyOfRange(all, index * count, (index + 1) * count);
    }
}
