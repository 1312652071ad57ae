package org.peft4j.lora;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TaskType;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.files.SafetensorsWriter;
import org.peft4j.core.files.StoredType;
import org.peft4j.core.files.TensorSource;
import org.peft4j.core.ops.Tensor;
import org.peft4j.fixtures.Golden;
import org.peft4j.fixtures.PlainTraining;

/**
 * Trains an adapter of every kind and writes it, the merged checkpoint and the logits of both for
 * {@code check_java_exports.py}, which holds Python to them. Runs with {@code
 * -Dpeft4j.export=FOLDER} only.
 */
@EnabledIfSystemProperty(named = ExportTest.FOLDER, matches = ".+")
final class ExportTest {

    static final String FOLDER = "peft4j.export";

    private static final int STEPS = 5;

    /** What no fixture from Python has, on the base and the batches of one that there is. */
    private static final Map<String, Export> MORE =
            Map.of(
                    "more-tied-head-and-gaussian",
                    new Export(
                            new LoraCase("tied-all-linear"),
                            LoraConfig.builder()
                                    .targetModules("lm_head", "q_proj")
                                    .initialization(LoraInitialization.GAUSSIAN)
                                    .bias(LoraBias.ALL)
                                    .build()));

    private record Export(LoraCase data, LoraConfig config) {}

    private static List<String> names() {
        List<String> names = new ArrayList<>(LoraCase.names());
        names.addAll(new TreeSet<>(MORE.keySet()));
        return names;
    }

    private static Export of(String name) {
        Export more = MORE.get(name);
        LoraCase fixture = new LoraCase(name);
        return more == null ? new Export(fixture, fixture.config()) : more;
    }

    @ParameterizedTest
    @MethodSource("names")
    void export(String name) throws IOException {
        Export export = of(name);
        LoraCase lora = export.data();
        Path folder = Path.of(System.getProperty(FOLDER)).resolve(name);
        Golden golden = lora.golden();
        TokenBatch batch = golden.batch("");
        List<TensorSource> tensors = new ArrayList<>();
        tensors.add(longs(golden, "input_ids"));
        tensors.add(longs(golden, "attention_mask"));
        try (BaseModel base = lora.openBase();
                PeftModel model = PeftModel.of(base)) {
            model.add("default", export.config(), 1);
            try (PlainTraining training = new PlainTraining(model, "default", 1e-2)) {
                for (int i = 0; i < STEPS; i++) {
                    training.step(lora.trainingBatches().get(i % 2));
                }
            }
            model.save("default", folder.resolve("adapter"));
            model.writeMerged(folder.resolve("merged"), "default");
            tensors.add(logits("logits", model, AdapterSelection.of("default"), batch));
            model.merge("default");
            tensors.add(logits("logits.merged", model, AdapterSelection.none(), batch));
        }
        SafetensorsWriter.write(folder.resolve("golden.safetensors"), tensors);
    }

    private static List<String> taskNames() {
        return TaskCase.trainableNames();
    }

    @ParameterizedTest
    @MethodSource("taskNames")
    void exportTask(String name) throws IOException {
        TaskCase task = TaskCase.of(name);
        Path folder = Path.of(System.getProperty(FOLDER)).resolve(name);
        Golden golden = task.lora().golden();
        List<TensorSource> tensors = new ArrayList<>();
        tensors.add(longs(golden, "input_ids"));
        tensors.add(longs(golden, "attention_mask"));
        try (BaseModel base = task.open();
                PeftModel model = PeftModel.of(base)) {
            if (task.task() == TaskType.SEQ_2_SEQ_LM) {
                tensors.addAll(decoderInputs(task.batch(base)));
            }
            model.add("default", task.lora().config(), 1);
            try (PlainTraining training = new PlainTraining(model, "default", 1e-2)) {
                for (int i = 0; i < STEPS; i++) {
                    training.step(task.trainingBatches(base).get(i % 2));
                }
            }
            model.save("default", folder.resolve("adapter"));
            model.writeMerged(folder.resolve("merged"), "default");
            tensors.addAll(outputs("", task, model, AdapterSelection.of("default")));
            model.merge("default");
            tensors.addAll(outputs(".merged", task, model, AdapterSelection.none()));
        }
        SafetensorsWriter.write(folder.resolve("golden.safetensors"), tensors);
    }

    /** What the decoder of an encoder-decoder reads. */
    private static List<TensorSource> decoderInputs(TokenBatch batch) {
        long[] shape = {batch.rows(), batch.length()};
        long[] mask = batch.layout().mask();
        if (mask == null) {
            mask = new long[batch.inputIds().length];
            Arrays.fill(mask, 1);
        }
        return List.of(
                longs("decoder_input_ids", shape, batch.inputIds()),
                longs("decoder_attention_mask", shape, mask));
    }

    /** The logits; of answers, those of their first and of their last tokens. */
    private static List<TensorSource> outputs(
            String suffix, TaskCase task, PeftModel model, AdapterSelection selection) {
        TokenBatch batch = task.batch(model.base());
        if (task.task() != TaskType.QUESTION_ANS) {
            return List.of(logits("logits" + suffix, model, selection, batch));
        }
        try (Tensor logits = model.logits(selection, batch)) {
            float[] both = logits.toFloats();
            float[] starts = new float[both.length / 2];
            float[] ends = new float[starts.length];
            for (int i = 0; i < starts.length; i++) {
                starts[i] = both[2 * i];
                ends[i] = both[2 * i + 1];
            }
            long[] shape = {batch.rows(), batch.length()};
            return List.of(
                    floats("start_logits" + suffix, shape, starts),
                    floats("end_logits" + suffix, shape, ends));
        }
    }

    private static TensorSource longs(Golden golden, String tensor) {
        return longs(tensor, golden.get(tensor).shape(), golden.longs(tensor));
    }

    private static TensorSource longs(String name, long[] shape, long[] values) {
        return TensorSource.of(
                name,
                StoredType.I64,
                shape,
                () -> {
                    ByteBuffer bytes = buffer(8 * values.length);
                    bytes.asLongBuffer().put(values);
                    return bytes;
                });
    }

    private static TensorSource logits(
            String name, PeftModel model, AdapterSelection selection, TokenBatch batch) {
        try (Tensor logits = model.logits(selection, batch)) {
            return floats(name, logits.shape().getShape(), logits.toFloats());
        }
    }

    private static TensorSource floats(String name, long[] shape, float[] values) {
        return TensorSource.of(
                name,
                StoredType.F32,
                shape,
                () -> {
                    ByteBuffer bytes = buffer(4 * values.length);
                    bytes.asFloatBuffer().put(values);
                    return bytes;
                });
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
