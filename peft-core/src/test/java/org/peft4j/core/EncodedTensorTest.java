package org.peft4j.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.peft4j.core.files.AdapterDirectory;
import org.peft4j.core.files.SafetensorsFile;
import org.peft4j.core.ops.Tensor;

/** A tensor whose encoder only training needs: what is saved where, and what is loaded for what. */
class EncodedTensorTest {

    private static final TokenBatch BATCH =
            TokenBatch.padded(
                    List.of(new long[] {1, 2, 3}), List.of(new long[] {2, 3, 4}), 0, false);

    @TempDir Path directory;

    private ToyBase base;
    private PeftModel model;

    @BeforeEach
    void open() {
        base = new ToyBase();
        model = PeftModel.of(base);
    }

    @AfterEach
    void close() {
        model.close();
        base.close();
    }

    private float[] logits(String name) {
        try (Tensor logits = model.logits(AdapterSelection.of(name), BATCH)) {
            return logits.toFloats();
        }
    }

    private void step(String name) {
        model.accumulateGradients(AdapterSelection.of(name), BATCH, 1, 0);
        for (Parameter parameter : model.adapter(name).parameters()) {
            Tensor gradient = parameter.gradient();
            if (gradient == null) {
                throw new AssertionError(parameter + " has no gradient");
            }
            base.door().updates().scaleEach(List.of(gradient), -0.1);
            base.door().updates().addEach(List.of(parameter.value()), List.of(gradient));
            parameter.setGradient(null);
        }
    }

    private static Set<String> keys(Path file) {
        return SafetensorsFile.open(file).entries().keySet();
    }

    private Path encoder() {
        return directory.resolve(AdapterDirectory.ENCODER);
    }

    @Test
    void theFileHoldsTheTensorAndTheFileBesideItTheEncoder() {
        Adapter fresh = model.add("a", new EncodedMethod.EncodedConfig());
        assertTrue(fresh.hasEncoder());
        assertEquals(3 + 3 * ToyBase.WIDTH, fresh.parameterCount());
        model.save("a", directory);
        assertEquals(
                Set.of(EncodedMethod.KEY), keys(directory.resolve("adapter_model.safetensors")));
        assertEquals(Set.of("embedding.weight", "transform.weight"), keys(encoder()));
    }

    @Test
    void forInferenceTheEncoderIsNeitherReadNorKept() throws Exception {
        model.add("a", new EncodedMethod.EncodedConfig());
        step("a");
        model.save("a", directory);
        Files.writeString(encoder(), "damaged");
        Adapter loaded = model.load("b", directory);
        assertFalse(loaded.hasEncoder());
        assertFalse(loaded.isTrainable());
        assertEquals(ToyBase.WIDTH, loaded.parameterCount());
        assertArrayEquals(logits("a"), logits("b"));
    }

    @Test
    void trainingGoesOnWithTheEncoderAsIfItHadNotStopped() {
        model.add("a", new EncodedMethod.EncodedConfig());
        step("a");
        model.save("a", directory);
        Adapter resumed = model.loadTrainable("b", directory);
        assertTrue(resumed.hasEncoder());
        assertTrue(resumed.isTrainable());
        step("a");
        step("b");
        assertArrayEquals(logits("a"), logits("b"));
    }

    @Test
    void withoutItsEncoderTheTensorItselfCanBeTrained() {
        model.add("a", new EncodedMethod.EncodedConfig());
        model.save("a", directory);
        model.load("b", directory).setTrainable(true);
        float before = logits("b")[0];
        step("b");
        assertNotEquals(before, logits("b")[0]);
        Path other = directory.resolve("other");
        model.save("b", other);
        assertFalse(Files.exists(other.resolve(AdapterDirectory.ENCODER)));
        model.load("c", other);
        assertArrayEquals(logits("b"), logits("c"));
    }

    @Test
    void trainingWithoutTheEncodersFileIsRefusedWithTheWayOut() throws Exception {
        model.add("a", new EncodedMethod.EncodedConfig());
        model.save("a", directory);
        Files.delete(encoder());
        PeftException e =
                assertThrows(PeftException.class, () -> model.loadTrainable("b", directory));
        String message = String.valueOf(e.getMessage());
        assertTrue(message.contains("has no prompt_encoder.safetensors"), message);
        assertTrue(message.contains("setTrainable(true)"), message);
        assertEquals(Set.of("a"), model.adapterNames());
    }

    @Test
    void anEncoderOfAnotherTrainingIsRefused() throws Exception {
        model.add("a", new EncodedMethod.EncodedConfig(), 1);
        model.add("b", new EncodedMethod.EncodedConfig(), 2);
        Path other = directory.resolve("other");
        model.save("a", directory);
        model.save("b", other);
        Files.copy(
                other.resolve(AdapterDirectory.ENCODER),
                encoder(),
                StandardCopyOption.REPLACE_EXISTING);
        PeftException e =
                assertThrows(PeftException.class, () -> model.loadTrainable("c", directory));
        assertTrue(String.valueOf(e.getMessage()).contains("not of one training"), e.toString());
    }

    @Test
    void anEncoderWithOtherTensorsIsRefused() throws Exception {
        model.add("a", new EncodedMethod.EncodedConfig());
        model.save("a", directory);
        Files.copy(
                directory.resolve("adapter_model.safetensors"),
                encoder(),
                StandardCopyOption.REPLACE_EXISTING);
        PeftException e =
                assertThrows(PeftException.class, () -> model.loadTrainable("c", directory));
        String message = String.valueOf(e.getMessage());
        assertTrue(message.contains("missing: embedding.weight, transform.weight"), message);
        assertTrue(message.contains("unexpected: prompt_embeddings"), message);
    }

    @Test
    void methodsWithoutAnEncoderLoadForTrainingAsAlways() {
        model.add("a", ToyMethod.on("layer.fc"));
        model.save("a", directory);
        assertFalse(Files.exists(encoder()));
        Adapter loaded = model.loadTrainable("b", directory);
        assertTrue(loaded.isTrainable());
        assertFalse(loaded.hasEncoder());
        assertArrayEquals(logits("a"), logits("b"));
    }
}
