package org.peft4j.lora;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.peft4j.core.BaseModel;
import org.peft4j.core.SequenceLayout;
import org.peft4j.core.TaskType;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.files.JsonFields;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.Golden;
import org.peft4j.transformers.Checkpoints;
import org.peft4j.transformers.HeadOptions;
import org.peft4j.transformers.LoadOptions;

/**
 * An adapter that peft saved for another task than language modelling.
 *
 * @param lora the fixture
 * @param task its task
 */
record TaskCase(LoraCase lora, TaskType task) {

    private static final Set<TaskType> TASKS =
            Set.of(
                    TaskType.SEQ_2_SEQ_LM,
                    TaskType.SEQ_CLS,
                    TaskType.TOKEN_CLS,
                    TaskType.QUESTION_ANS,
                    TaskType.FEATURE_EXTRACTION);

    static TaskCase of(String name) {
        TaskType task =
                JsonFields.read(Fixtures.adapter(name).resolve("adapter_config.json"))
                        .optionalString("task_type")
                        .map(TaskType::valueOf)
                        .orElse(TaskType.CAUSAL_LM);
        return new TaskCase(new LoraCase(name), task);
    }

    /** The names of the fixtures for these tasks. */
    static List<String> names() {
        return Fixtures.adapters().stream()
                .map(TaskCase::of)
                .filter(one -> TASKS.contains(one.task()))
                .map(one -> one.lora().name())
                .toList();
    }

    /** Those whose task has a loss. */
    static List<String> trainableNames() {
        return names().stream()
                .filter(name -> of(name).task() != TaskType.FEATURE_EXTRACTION)
                .toList();
    }

    /** The base for the task; {@code bert} has no head, so nobody named its labels. */
    BaseModel open() {
        boolean headless = lora.baseName().equals("bert") && task == TaskType.SEQ_CLS;
        HeadOptions head =
                headless ? HeadOptions.sequenceClassification("a", "b", "c") : HeadOptions.of(task);
        LoadOptions options = LoadOptions.defaults().withName(lora.baseName()).withHead(head);
        return Checkpoints.open(Fixtures.base(lora.baseName()), options);
    }

    /** The batch that everything is computed from. */
    TokenBatch batch(BaseModel base) {
        return labelled(base, lora.golden(), "", -1);
    }

    /** The two batches of the 20 steps. */
    List<TokenBatch> trainingBatches(BaseModel base) {
        Golden golden = lora.golden();
        return List.of(labelled(base, golden, "steps.", 0), labelled(base, golden, "steps.", 1));
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
        if (golden.contains(prefix + "probe")) {
            return batch;
        }
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
