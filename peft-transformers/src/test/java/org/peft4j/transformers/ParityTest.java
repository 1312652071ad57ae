package org.peft4j.transformers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.ops.DType;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.Golden;

/** Hidden states and logits are those of {@code transformers}. */
final class ParityTest {

    private static final double FLOAT32 = 1e-5;

    @ParameterizedTest
    @MethodSource("org.peft4j.transformers.Decoders#all")
    void agreesInFloat32(String name) {
        Golden golden = Fixtures.golden("bases/" + name);
        try (BaseModel base = Checkpoints.open(Fixtures.base(name))) {
            compare(base, golden, "", "", FLOAT32);
            compareLogits(base, golden, "left.", "left.", FLOAT32);
        }
    }

    @ParameterizedTest
    @MethodSource("org.peft4j.transformers.Decoders#withOldConfig")
    void readsTheConfigOfTransformers4(String name, @TempDir Path directory) throws Exception {
        Fixtures.copy(Fixtures.base(name), directory);
        Files.move(
                directory.resolve("config.v4.json"),
                directory.resolve("config.json"),
                StandardCopyOption.REPLACE_EXISTING);
        try (BaseModel base = Checkpoints.open(directory)) {
            compare(base, Fixtures.golden("bases/" + name), "", "", FLOAT32);
        }
    }

    @ParameterizedTest
    @MethodSource("org.peft4j.transformers.Decoders#withOldNames")
    void findsTensorsUnderTheirOlderNames(List<String> names) {
        try (BaseModel base = Checkpoints.open(Fixtures.base(names.get(0)))) {
            compare(base, Fixtures.golden("bases/" + names.get(1)), "", "", FLOAT32);
        }
    }

    /**
     * Two correct bfloat16 computations differ by their roundings, so the measure is what both
     * stand for: ours must be as near to the float32 result as that of transformers.
     */
    @Test
    void isAsNearToFloat32InBfloat16AsTransformersIs() {
        Golden golden = Fixtures.golden("bases/llama-bf16");
        long[] mask = golden.longs("attention_mask");
        float[] exact = golden.floats("float32.logits");
        float[] theirs = golden.floats("logits");
        double largest = Compare.distance("theirs", exact, theirs, mask);
        try (BaseModel base = Checkpoints.open(Fixtures.base("llama-bf16"));
                PeftModel model = PeftModel.of(base);
                Tensor logits = model.logits(AdapterSelection.none(), golden.batch(""))) {
            float[] ours = logits.toFloats();
            assertEquals(
                    1,
                    Compare.rootMeanSquare(exact, ours, mask)
                            / Compare.rootMeanSquare(exact, theirs, mask),
                    0.1);
            Compare.close("logits", theirs, ours, mask, 2 * largest);
            compareLogits(base, golden, "left.", "left.", 2 * largest);
        }
    }

    @Test
    void agreesWithBfloat16WeightsRaisedToFloat32() {
        LoadOptions raised = LoadOptions.defaults().withDtype(DType.FLOAT32);
        try (BaseModel base = Checkpoints.open(Fixtures.base("llama-bf16"), raised)) {
            compare(base, Fixtures.golden("bases/llama-bf16"), "", "float32.", FLOAT32);
        }
    }

    /** Every part computes in bfloat16, and loses no more than its eight bits make likely. */
    @ParameterizedTest
    @MethodSource("org.peft4j.transformers.Decoders#oneOfEachKind")
    void computesInBfloat16(String name) {
        Golden golden = Fixtures.golden("bases/" + name);
        LoadOptions narrow = LoadOptions.defaults().withDtype(DType.BFLOAT16);
        try (BaseModel base = Checkpoints.open(Fixtures.base(name), narrow);
                PeftModel model = PeftModel.of(base);
                Tensor logits = model.logits(AdapterSelection.none(), golden.batch(""))) {
            float[] exact = golden.floats("logits");
            long[] mask = golden.longs("attention_mask");
            double size = Compare.rootMeanSquare(new float[exact.length], exact, mask);
            assertEquals(
                    0, Compare.rootMeanSquare(exact, logits.toFloats(), mask) / size, 0.05, name);
        }
    }

    private static void compare(
            BaseModel base, Golden golden, String batch, String expected, double limit) {
        TokenBatch tokens = golden.batch(batch);
        try (PeftModel model = PeftModel.of(base);
                ForwardContext context = model.open(AdapterSelection.none())) {
            Ops ops = context.ops();
            Tensor hidden = base.hiddenStates(context, tokens, null);
            Compare.close(
                    "hidden states",
                    golden.floats(expected + "hidden_last"),
                    ops.cast(hidden, DType.FLOAT32).toFloats(),
                    golden.longs(batch + "attention_mask"),
                    limit);
        }
        compareLogits(base, golden, batch, expected, limit);
    }

    private static void compareLogits(
            BaseModel base, Golden golden, String batch, String expected, double limit) {
        try (PeftModel model = PeftModel.of(base);
                Tensor logits = model.logits(AdapterSelection.none(), golden.batch(batch))) {
            Compare.close(
                    "logits",
                    golden.floats(expected + "logits"),
                    logits.toFloats(),
                    golden.longs(batch + "attention_mask"),
                    limit);
        }
    }
}
