package org.peft4j.transformers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.peft4j.core.Adapter;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.NonFiniteException;
import org.peft4j.core.Parameter;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.WeightOverlay;
import org.peft4j.core.files.CheckpointDirectory;
import org.peft4j.core.files.SafetensorsFile;
import org.peft4j.core.files.SafetensorsWriter;
import org.peft4j.core.files.StoredType;
import org.peft4j.core.files.TensorSource;
import org.peft4j.core.ops.DType;
import org.peft4j.core.ops.OperatorDoor;
import org.peft4j.core.ops.Tensor;
import org.peft4j.fixtures.Fixtures;

/** A base written as a checkpoint is that base again. */
final class WriteTest {

    private static final String WEIGHTS = "model.safetensors";

    @TempDir Path folder;
    private Path target = Path.of("");

    @BeforeEach
    void choose() {
        target = folder.resolve("new").resolve("merged");
    }

    @ParameterizedTest
    @MethodSource("org.peft4j.transformers.Decoders#oneOfEachKind")
    @ValueSource(strings = "llama-bf16")
    void unchangedWeightsAreTheSameBytes(String name) throws Exception {
        try (BaseModel base = Checkpoints.open(Fixtures.base(name))) {
            base.write(target, WeightOverlay.NONE);
        }
        for (String file : List.of(WEIGHTS, "config.json", "generation_config.json")) {
            assertArrayEquals(
                    Files.readAllBytes(Fixtures.base(name).resolve(file)),
                    Files.readAllBytes(target.resolve(file)),
                    file);
        }
    }

    @Test
    void shardsBecomeOneFile() throws Exception {
        try (BaseModel base = Checkpoints.open(Fixtures.base("llama-sharded"))) {
            base.write(target, WeightOverlay.NONE);
        }
        assertArrayEquals(
                Files.readAllBytes(Fixtures.base("llama").resolve(WEIGHTS)),
                Files.readAllBytes(target.resolve(WEIGHTS)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "llama-bf16", "llama-sharded", "llama-tied-scaled", "qwen2"})
    void changedWeightsComeBackBitForBit(String name) {
        try (BaseModel base = Checkpoints.open(Fixtures.base(name));
                PeftModel model = PeftModel.of(base)) {
            changed(model, "q_proj", "mlp.up_proj", "model.layers.1.input_layernorm");
            model.merge("changed");
            model.writeMerged(target);
            assertArrayEquals(logits(model), reopened());
        }
        CheckpointDirectory written = CheckpointDirectory.open(target);
        CheckpointDirectory original = CheckpointDirectory.open(Fixtures.base(name));
        assertEquals(original.entries().keySet(), written.entries().keySet());
        String kept = "model.layers.0.mlp.down_proj.weight";
        assertEquals(bytes(original, kept), bytes(written, kept));
    }

    /** What the file calls otherwise than the model, or stores the other way round, comes back. */
    @ParameterizedTest
    @CsvSource({
        "gpt2, attn.c_attn, transformer.h.0.mlp.c_fc.weight",
        "gpt2-legacy, mlp.c_proj, transformer.h.0.mlp.c_fc.weight",
        "gpt-neox, lm_head, embed_out.weight",
        "gpt-neox-legacy, query_key_value, embed_out.weight",
        "opt-bare, fc1, model.decoder.layers.0.fc2.weight",
        "opt-projected, project_in, model.decoder.project_in.weight",
        "phi3, qkv_proj, model.layers.1.mlp.gate_up_proj.weight",
        "gemma2, o_proj, model.layers.1.pre_feedforward_layernorm.weight"
    })
    void everyFamilyComesBack(String name, String changed, String tensor) {
        try (BaseModel base = Checkpoints.open(Fixtures.base(name));
                PeftModel model = PeftModel.of(base)) {
            changed(model, changed);
            model.merge("changed");
            model.writeMerged(target);
            assertArrayEquals(logits(model), reopened());
        }
        assertTrue(CheckpointDirectory.open(target).find(tensor).isPresent(), tensor);
    }

    @Test
    void anEmbeddingThatLeavesItsTiedHeadIsWrittenBesideIt() {
        try (BaseModel base = Checkpoints.open(Fixtures.base("llama-tied-scaled"));
                PeftModel model = PeftModel.of(base)) {
            changed(model, "embed_tokens");
            model.merge("changed");
            model.writeMerged(target);
            assertArrayEquals(logits(model), reopened());
        }
        CheckpointDirectory written = CheckpointDirectory.open(target);
        assertFalse(written.config().get("tie_word_embeddings").getAsBoolean());
        assertEquals(
                bytes(
                        CheckpointDirectory.open(Fixtures.base("llama-tied-scaled")),
                        "model.embed_tokens.weight"),
                bytes(written, "lm_head.weight"));
    }

    @Test
    void aHeadThatLeavesItsTiedEmbeddingIsWrittenBesideIt() {
        try (BaseModel base = Checkpoints.open(Fixtures.base("qwen2"));
                PeftModel model = PeftModel.of(base)) {
            changed(model, "lm_head");
            model.merge("changed");
            model.writeMerged(target);
            assertArrayEquals(logits(model), reopened());
        }
    }

    @Test
    void tiedWeightsThatChangeTogetherStayTied() {
        try (BaseModel base = Checkpoints.open(Fixtures.base("qwen2"));
                PeftModel model = PeftModel.of(base)) {
            changed(model, "embed_tokens", "lm_head");
            model.merge("changed");
            model.writeMerged(target);
            assertArrayEquals(logits(model), reopened());
        }
        CheckpointDirectory written = CheckpointDirectory.open(target);
        assertEquals(List.of(), written.find("lm_head.weight").stream().toList());
        assertEquals(true, written.config().get("tie_word_embeddings").getAsBoolean());
    }

    /** On the CPU float16 weights are raised to float32; the file gets float16 again. */
    @Test
    void aFloat16CheckpointStaysFloat16() throws Exception {
        Path half = halved();
        try (BaseModel base = Checkpoints.open(half);
                PeftModel model = PeftModel.of(base)) {
            assertEquals(DType.FLOAT32, base.info().dtype());
            changed(model, "q_proj");
            model.writeMerged(target, "changed");
        }
        CheckpointDirectory original = CheckpointDirectory.open(half);
        CheckpointDirectory written = CheckpointDirectory.open(target);
        for (String name : original.entries().keySet()) {
            assertEquals(StoredType.F16, written.entry(name).type(), name);
            boolean same = bytes(original, name).equals(bytes(written, name));
            assertEquals(!name.contains("q_proj"), same, name);
        }
    }

    @Test
    void aValueThatItsFileCannotHoldIsRefusedAndNothingWritten() throws Exception {
        try (BaseModel base = Checkpoints.open(halved());
                PeftModel model = PeftModel.of(base)) {
            Adapter adapter = changed(model, "q_proj");
            Tensor first = adapter.parameters().get(0).value();
            float[] huge = first.toFloats();
            huge[3] = 1e6f;
            assign(base, first, huge);
            assertThrows(NonFiniteException.class, () -> model.writeMerged(target, "changed"));
        }
        assertFalse(Files.exists(target.resolve(WEIGHTS)));
        assertFalse(Files.exists(target.resolve("config.json")));
    }

    @Test
    void theBaseItselfIsNotOverwritten() {
        Path copy = Fixtures.copy(Fixtures.base("llama"), folder);
        try (BaseModel base = Checkpoints.open(copy)) {
            Refused.because("base itself", () -> base.write(copy, WeightOverlay.NONE));
        }
    }

    /** The llama fixture in float16. */
    private Path halved() throws Exception {
        Path half = Files.createDirectory(folder.resolve("half"));
        Fixtures.copy(Fixtures.base("llama"), half);
        SafetensorsFile file = SafetensorsFile.open(Fixtures.base("llama").resolve(WEIGHTS));
        try (OperatorDoor door = OperatorDoor.open(Device.cpu())) {
            List<TensorSource> tensors = new ArrayList<>();
            for (var entry : file.entries().values()) {
                Tensor wide =
                        door.weights()
                                .fromBytes(file.read(entry), DType.FLOAT32, entry.dimensions());
                Tensor narrow = door.weights().cast(wide, DType.FLOAT16);
                tensors.add(
                        TensorSource.of(
                                entry.name(),
                                StoredType.F16,
                                entry.dimensions(),
                                () -> door.weights().toBytes(narrow)));
            }
            SafetensorsWriter.write(half.resolve(WEIGHTS), tensors);
        }
        return half;
    }

    /** An adapter that holds copies of modules, each value a little larger than the base's. */
    private static Adapter changed(PeftModel model, String... modules) {
        Adapter adapter =
                model.add(
                        "changed",
                        new ProbeMethod.ProbeConfig(List.of(), List.of(), List.of(modules)));
        for (Parameter parameter : adapter.parameters()) {
            float[] values = parameter.value().toFloats();
            for (int i = 0; i < values.length; i++) {
                values[i] += 0.01f * (i % 7);
            }
            assign(model.base(), parameter.value(), values);
        }
        return adapter;
    }

    private static void assign(BaseModel base, Tensor target, float[] values) {
        try (Tensor source = base.door().weights().floats(values, target.shape().getShape())) {
            base.door().updates().assign(target, source);
        }
    }

    private float[] reopened() {
        try (BaseModel base = Checkpoints.open(target);
                PeftModel model = PeftModel.of(base)) {
            return logits(model);
        }
    }

    private static float[] logits(PeftModel model) {
        long[] ids = Fixtures.golden("adapters/llama-plain").longs("input_ids");
        long vocabulary = model.base().info().vocabularySize();
        TokenBatch batch = TokenBatch.of(LongStream.of(ids).map(id -> id % vocabulary).toArray());
        try (Tensor logits = model.logits(AdapterSelection.none(), batch)) {
            return logits.toFloats();
        }
    }

    private static ByteBuffer bytes(CheckpointDirectory checkpoint, String name) {
        return checkpoint.weightFiles().stream()
                .filter(file -> file.find(name).isPresent())
                .findFirst()
                .orElseThrow()
                .read(checkpoint.entry(name));
    }
}
