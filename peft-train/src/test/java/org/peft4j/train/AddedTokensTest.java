package org.peft4j.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BadFileException;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TaskType;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.VocabularySize;
import org.peft4j.core.files.SafetensorsFile;
import org.peft4j.core.ops.DType;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.EmbeddingPoint;
import org.peft4j.core.points.LinearPoint;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.Golden;
import org.peft4j.lora.LoraConfig;
import org.peft4j.transformers.Checkpoints;
import org.peft4j.transformers.LoadOptions;

/** Vocabularies of another size, and adapters with peft's copies of their tables. */
final class AddedTokensTest {

    private static final int PUBLISHED = 96;
    private static final JsonObject CASES = Fixtures.goldenJson("added-tokens");

    static Set<String> cases() {
        return CASES.keySet();
    }

    static List<String> resizedCases() {
        return cases().stream()
                .filter(name -> tokens(name) != PUBLISHED && of(name).get("saved").getAsBoolean())
                .toList();
    }

    private static JsonObject of(String name) {
        return CASES.getAsJsonObject(name);
    }

    private static int tokens(String name) {
        return of(name).get("tokens").getAsInt();
    }

    private static LoadOptions options(String name) {
        JsonObject facts = of(name);
        return LoadOptions.defaults()
                .withName(facts.get("base").getAsString())
                .withTask(TaskType.valueOf(facts.get("task").getAsString()))
                .withDtype(
                        DType.valueOf(
                                facts.get("opened").getAsString().equals("float32")
                                        ? "FLOAT32"
                                        : "BFLOAT16"));
    }

    private static BaseModel published(String name) {
        return Checkpoints.open(Fixtures.base(of(name).get("base").getAsString()), options(name));
    }

    private static BaseModel resized(String name) {
        LoadOptions options = options(name);
        return Checkpoints.open(
                Fixtures.base(of(name).get("base").getAsString()),
                tokens(name) == PUBLISHED ? options : options.withVocabularySize(tokens(name)));
    }

    private static Path adapter(String name) {
        return Fixtures.addedTokens(name);
    }

    private static TokenBatch batch(String name) {
        TokenBatch ids = TokenBatch.of(longs(of(name).get("input_ids")));
        return of(name).has("decoder_input_ids")
                ? TokenBatch.of(longs(of(name).get("decoder_input_ids"))).withSource(ids)
                : ids;
    }

    private static long[] longs(JsonElement array) {
        return StreamSupport.stream(array.getAsJsonArray().spliterator(), false)
                .mapToLong(JsonElement::getAsLong)
                .toArray();
    }

    private static void assertLogits(String name, Tensor actual) {
        float[] all = actual.toFloats();
        float[] expected = new float[of(name).getAsJsonArray("logits").size()];
        float[] last = new float[expected.length];
        float largest = 1;
        for (int i = 0; i < expected.length; i++) {
            expected[i] = of(name).getAsJsonArray("logits").get(i).getAsFloat();
            last[i] = all[all.length - expected.length + i];
            largest = Math.max(largest, Math.abs(expected[i]));
        }
        boolean exact = of(name).get("opened").getAsString().equals("float32");
        assertArrayEquals(expected, last, (exact ? 2e-5f : 3e-2f) * largest, name);
    }

    private static void assertAsInPython(String name, PeftModel model, Path scratch) {
        model.load("loaded", adapter(name));
        try (Tensor logits = model.logits(AdapterSelection.of("loaded"), batch(name))) {
            assertLogits(name, logits);
        }
        model.save("loaded", scratch);
        model.load("again", scratch);
        try (Tensor logits = model.logits(AdapterSelection.of("again"), batch(name))) {
            assertLogits(name, logits);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void computesWhatPythonComputes(String name, @TempDir Path scratch) {
        try (BaseModel base = resized(name);
                PeftModel model = PeftModel.of(base)) {
            float[] before = alone(model, name);
            assertAsInPython(name, model, scratch);
            assertArrayEquals(before, alone(model, name), "the base itself stays as it was");
        }
    }

    private static float[] alone(PeftModel model, String name) {
        try (Tensor logits = model.logits(AdapterSelection.none(), batch(name))) {
            return logits.toFloats();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void mergesAndIsWrittenAsACheckpoint(String name, @TempDir Path scratch) {
        assumeTrue(!of(name).get("prompt").getAsBoolean());
        Path merged = scratch.resolve("merged");
        try (BaseModel base = resized(name);
                PeftModel model = PeftModel.of(base)) {
            model.load("loaded", adapter(name));
            float[] before = alone(model, name);
            model.merge("loaded");
            try (Tensor logits = model.logits(AdapterSelection.none(), batch(name))) {
                assertLogits(name, logits);
            }
            model.writeMerged(merged);
            model.unmerge();
            assertArrayEquals(before, alone(model, name));
        }
        try (BaseModel base = Checkpoints.open(merged, options(name));
                PeftModel model = PeftModel.of(base)) {
            assertEquals(tokens(name), base.info().vocabularySize());
            assertEquals(tokens(name), base.config().get("vocab_size").getAsInt());
            try (Tensor logits = model.logits(AdapterSelection.none(), batch(name))) {
                assertLogits(name, logits);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("resizedCases")
    void theBaseAsPublishedSaysByHowMuchToResize(String name) {
        try (BaseModel base = published(name);
                PeftModel model = PeftModel.of(base)) {
            BadFileException refusal =
                    assertThrows(BadFileException.class, () -> model.load("loaded", adapter(name)));
            String message = String.valueOf(refusal.getMessage());
            assertTrue(message.contains("trained with " + tokens(name) + " tokens"), message);
            assertTrue(message.contains("has " + PUBLISHED), message);
            assertTrue(
                    message.contains("base.resizeTokenEmbeddings(" + tokens(name) + ")"), message);
        }
    }

    @ParameterizedTest
    @MethodSource("resizedCases")
    void theAdapterTellsTheNumberOfTokens(String name) {
        try (BaseModel published = published(name);
                BaseModel base = published.resizeTokenEmbeddings(adapter(name))) {
            assertEquals(tokens(name), base.info().vocabularySize());
        }
    }

    @Test
    void aTableActsForTheRowsOfItsAdapterAlone() {
        String name = "changed-tied";
        TokenBatch one = batch(name);
        TokenBatch both = TokenBatch.of(one.inputIds(), one.inputIds());
        try (BaseModel base = resized(name);
                PeftModel model = PeftModel.of(base)) {
            model.load("changed", adapter(name));
            AdapterSelection selection =
                    AdapterSelection.perRow(
                            List.of(AdapterSelection.of("changed"), AdapterSelection.none()));
            try (Tensor mixed = model.logits(selection, both);
                    Tensor changed = model.logits(AdapterSelection.of("changed"), one)) {
                float[] expected = new float[2 * changed.toFloats().length];
                System.arraycopy(changed.toFloats(), 0, expected, 0, expected.length / 2);
                System.arraycopy(
                        alone(model, name), 0, expected, expected.length / 2, expected.length / 2);
                assertArrayEquals(expected, mixed.toFloats(), 1e-5f);
            }
        }
    }

    @Test
    void savesTheTablesThatPythonSaves(@TempDir Path scratch) {
        for (String name : List.of("resized-modules", "resized-rows", "resized-plain")) {
            Path folder = scratch.resolve(name);
            try (BaseModel base = resized(name);
                    PeftModel model = PeftModel.of(base)) {
                model.load("loaded", adapter(name));
                model.save("loaded", folder);
            }
            Set<String> written =
                    SafetensorsFile.open(folder.resolve("adapter_model.safetensors"))
                            .entries()
                            .keySet();
            Set<String> expected = new TreeSet<>();
            of(name).getAsJsonArray("tensors").forEach(key -> expected.add(key.getAsString()));
            // peft looks at these names no more when it loads
            expected.removeIf(key -> key.contains(".modules_to_save."));
            assertEquals(expected, new TreeSet<>(written), name);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "qwen3, model.embed_tokens",
        "gpt2-scaled, transformer.wte",
        "bart, model.shared",
        "t5, shared"
    })
    void newTokensStartAsTheMean(String name, String table) {
        Golden golden = Fixtures.golden("resized");
        try (BaseModel published = Tiny.base(name);
                BaseModel base = published.resizeTokenEmbeddings(PUBLISHED + 2)) {
            EmbeddingPoint input = base.points().find(EmbeddingPoint.class, table).orElseThrow();
            LinearPoint output = base.points().find(LinearPoint.class, "lm_head").orElseThrow();
            // transformers draws them around the mean, with 10⁻⁹ of the covariance
            assertNewRows(golden.floats(name + ".input"), input.table());
            assertNewRows(golden.floats(name + ".output"), output.frozen().weight());
            assertEquals(PUBLISHED, published.info().vocabularySize());
            assertEquals(PUBLISHED, base.publishedVocabularySize());
        }
    }

    private static void assertNewRows(float[] expected, Tensor table) {
        float[] all = table.toFloats();
        float[] added = new float[expected.length];
        System.arraycopy(all, all.length - added.length, added, 0, added.length);
        assertArrayEquals(expected, added, 1e-3f);
    }

    @Test
    void sizesAreRoundedUp() {
        assertEquals(128, VocabularySize.of(97).paddedToMultipleOf(64).from(PUBLISHED));
        assertEquals(128, VocabularySize.paddedTo(64).from(PUBLISHED));
        assertEquals(96, VocabularySize.paddedTo(8).from(PUBLISHED));
        assertThrows(PeftException.class, () -> VocabularySize.of(0));
        assertThrows(PeftException.class, () -> VocabularySize.of(5).paddedToMultipleOf(0));
        assertThrows(
                PeftException.class,
                () -> VocabularySize.of(5).paddedToMultipleOf(1 << 30).paddedToMultipleOf(-1));
    }

    @Test
    void newTokensCanBeDrawn() {
        try (BaseModel published = Tiny.base("qwen3");
                BaseModel one =
                        published.resizeTokenEmbeddings(VocabularySize.of(98).startingNormal(1));
                BaseModel same =
                        published.resizeTokenEmbeddings(VocabularySize.of(98).startingNormal(1))) {
            float[] table = table(one);
            assertArrayEquals(table, table(same));
            double sum = 0;
            for (int i = 96 * 16; i < table.length; i++) {
                sum += table[i] * table[i];
            }
            double deviation = one.config().get("initializer_range").getAsDouble();
            assertEquals(deviation, Math.sqrt(sum / 32), deviation / 2);
        }
    }

    private static float[] table(BaseModel base) {
        return base.points()
                .find(EmbeddingPoint.class, "model.embed_tokens")
                .orElseThrow()
                .table()
                .toFloats();
    }

    @Test
    void trainsNewTokensAndReopensThemOnTheBaseAsPublished(@TempDir Path scratch) {
        LoraConfig config =
                LoraConfig.builder()
                        .rank(2)
                        .targetModules("q_proj")
                        .modulesToSave("embed_tokens")
                        .build();
        TokenBatch batch = TokenBatch.of(new long[] {5, 97, 8, 96, 11});
        float[] trained;
        try (BaseModel published = Tiny.base("qwen3");
                BaseModel base = published.resizeTokenEmbeddings(98);
                PeftModel model = PeftModel.of(base)) {
            model.add("new", config, 1);
            TokenBatch labelled = batch.withLabels(batch.inputIds());
            double before = model.loss(AdapterSelection.of("new"), labelled).mean();
            try (var training = new org.peft4j.fixtures.PlainTraining(model, "new", 1e-2)) {
                for (int i = 0; i < 5; i++) {
                    training.step(labelled);
                }
            }
            assertTrue(model.loss(AdapterSelection.of("new"), labelled).mean() < before);
            model.save("new", scratch);
            try (Tensor logits = model.logits(AdapterSelection.of("new"), batch)) {
                trained = logits.toFloats();
            }
        }
        try (BaseModel published = Tiny.base("qwen3");
                PeftModel model = PeftModel.of(published)) {
            PeftException unknown =
                    assertThrows(
                            PeftException.class,
                            () -> model.logits(AdapterSelection.none(), batch).close());
            assertTrue(String.valueOf(unknown.getMessage()).contains("the vocabulary ends at 95"));
            assertThrows(BadFileException.class, () -> model.load("new", scratch));
            try (BaseModel base = published.resizeTokenEmbeddings(98);
                    PeftModel resized = PeftModel.of(base)) {
                resized.loadTrainable("new", scratch);
                try (Tensor logits = resized.logits(AdapterSelection.of("new"), batch)) {
                    assertArrayEquals(trained, logits.toFloats());
                }
            }
        }
    }

    @Test
    void aBaseOutlivesTheOneThatItWasMadeFrom() {
        BaseModel published = Tiny.base("qwen3");
        try (BaseModel base = published.resizeTokenEmbeddings(98);
                PeftModel model = PeftModel.of(base)) {
            float[] before = logits(model);
            published.close();
            assertArrayEquals(before, logits(model));
        }
    }

    private static float[] logits(PeftModel model) {
        try (Tensor logits =
                model.logits(AdapterSelection.none(), TokenBatch.of(new long[] {3, 97, 4}))) {
            return logits.toFloats();
        }
    }

    @Test
    void rowsBeyondTheVocabularySayHowToAddThem() {
        try (BaseModel base = Tiny.base("qwen3");
                PeftModel model = PeftModel.of(base)) {
            LoraConfig config =
                    LoraConfig.builder().targetModules("q_proj").trainableTokens(97).build();
            PeftException refusal =
                    assertThrows(PeftException.class, () -> model.add("new", config));
            assertTrue(String.valueOf(refusal.getMessage()).contains("resizeTokenEmbeddings(98)"));
        }
    }
}
