package org.peft4j.prompt.cpt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.Parameter;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftModel;
import org.peft4j.core.StepLoss;
import org.peft4j.core.TaskType;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.files.JsonFields;
import org.peft4j.fixtures.Compare;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.PlainTraining;
import org.peft4j.fixtures.Tensors;
import org.peft4j.lora.LoraConfig;
import org.peft4j.prompt.Bases;
import org.peft4j.prompt.PromptGeneration;
import org.peft4j.prompt.PromptTuningConfig;
import org.peft4j.transformers.Checkpoints;
import org.peft4j.transformers.LoadOptions;

/** What the context counts for, where training may go, and what is refused. */
final class CptTest {

    private static final AdapterSelection NONE = AdapterSelection.none();
    private static final AdapterSelection A = AdapterSelection.of("a");
    private static final long X = TokenBatch.IGNORED;

    private static final List<Integer> IDS = List.of(21, 22, 23, 24, 25, 26, 27, 28, 29);
    private static final List<Integer> TYPES = List.of(1, 2, 0, 3, 4, 4, 0, 6, 8);

    /** What IDS are to be predicted as. */
    private static final long[] LABELS = {X, X, X, X, 25, 26, X, X, 29};

    private static CptConfigBuilder config() {
        return CptConfig.builder().context(CptContext.of(IDS, TYPES));
    }

    private static TokenBatch labelled(List<long[]> rows, List<long[]> labels, boolean left) {
        return TokenBatch.padded(rows, labels, 0, left);
    }

    private static TokenBatch texts(boolean left) {
        return labelled(
                List.of(new long[] {5, 6, 7, 8}, new long[] {9, 10}),
                List.of(new long[] {X, X, 7, 8}, new long[] {X, 10}),
                left);
    }

    /** The same texts behind the context, which then is a text like any other. */
    private static TokenBatch textsInFull() {
        long[] context = IDS.stream().mapToLong(Integer::longValue).toArray();
        return labelled(
                List.of(join(context, 5, 6, 7, 8), join(context, 9, 10)),
                List.of(join(LABELS, X, X, 7, 8), join(LABELS, X, 10)),
                false);
    }

    private static long[] join(long[] a, long... b) {
        return LongStream.concat(LongStream.of(a), LongStream.of(b)).toArray();
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt2", "gemma", "gemma2"})
    void aFreshContextCountsAsTheTextThatItIs(String name) {
        try (BaseModel base = Bases.open(name);
                PeftModel model = PeftModel.of(base)) {
            model.add("a", config().build());
            StepLoss expected = model.loss(NONE, textsInFull());
            StepLoss actual = model.loss(A, texts(false));
            assertEquals(9, actual.count());
            assertEquals(9, model.lossCount(A, texts(false)));
            assertEquals(expected.count(), actual.count());
            assertEquals(expected.sum(), actual.sum(), 1e-4);
        }
    }

    /** γ for the labels nearest to the text, γ² for those before. */
    @Test
    void labelsOfTheContextWeighByTheirPlace() {
        try (BaseModel base = Bases.open("llama");
                PeftModel model = PeftModel.of(base)) {
            model.add("a", config().weighting(LossWeighting.decay(0.5)).build());
            double expected =
                    lossOf(model, 9, 10, 11, 12)
                            + 0.5 * lossOf(model, 8)
                            + 0.25 * lossOf(model, 4, 5);
            StepLoss actual = model.loss(A, texts(false).withRows(0));
            assertEquals(expected, actual.sum(), 1e-4);
            assertEquals(5, actual.count(), "the mean is over all labels, whatever they weigh");
        }
    }

    /** The loss of some positions of the first text in full. */
    private static double lossOf(PeftModel model, int... positions) {
        TokenBatch all = textsInFull().withRows(0);
        long[] labels = new long[all.length()];
        Arrays.fill(labels, X);
        for (int position : positions) {
            labels[position] = all.requireLabels()[position];
        }
        return model.loss(NONE, all.withLabels(labels)).sum();
    }

    @Test
    void paddingOnEitherSideChangesNothing() {
        try (BaseModel base = Bases.open("llama");
                PeftModel model = PeftModel.of(base)) {
            Parameter delta =
                    model.add("a", config().weighting(LossWeighting.decay(0.5)).build())
                            .parameters()
                            .get(0);
            double right = model.accumulateGradients(A, texts(false), 1, 0).sum();
            float[] expected = Tensors.gradient(delta);
            delta.setGradient(null);
            double left = model.accumulateGradients(A, texts(true), 1, 0).sum();
            assertEquals(right, left, 1e-4);
            Compare.closeToLargest("gradient", expected, Tensors.gradient(delta), 1e-4);
        }
    }

    @Test
    void aRowWithoutLabelsTakesNoPart() {
        try (BaseModel base = Bases.open("llama");
                PeftModel model = PeftModel.of(base)) {
            model.add("a", config().build());
            TokenBatch batch = texts(false);
            TokenBatch one = batch.withLabels(X, X, 7, 8, X, X, X, X);
            StepLoss expected = model.loss(A, batch.withRows(0));
            assertEquals(expected.count(), model.loss(A, one).count());
            assertEquals(expected.sum(), model.loss(A, one).sum(), 1e-4);
            assertEquals(0, model.loss(A, one.withLabels(X, X, X, X, X, X, X, X)).count());
        }
    }

    /** Its first token has nothing before it that could predict it, but for another prompt. */
    @Test
    void aLabelThatComesFirstCountsBehindAnotherPrompt() {
        try (BaseModel base = Bases.open("llama");
                PeftModel model = PeftModel.of(base)) {
            CptContext context = CptContext.of(List.of(7, 8), List.of(4, 1));
            model.add("a", CptConfig.builder().context(context).build());
            model.add("prompt", PromptTuningConfig.builder().virtualTokens(2).build());
            TokenBatch text = texts(false);
            assertEquals(3, model.lossCount(A, text));
            assertEquals(3, model.lossCount(AdapterSelection.of("prompt", "a"), text));
            AdapterSelection behind = AdapterSelection.of("a", "prompt");
            assertEquals(5, model.lossCount(behind, text));
            TokenBatch full =
                    labelled(
                            List.of(new long[] {7, 8, 5, 6, 7, 8}, new long[] {7, 8, 9, 10}),
                            List.of(new long[] {7, X, X, X, 7, 8}, new long[] {7, X, X, 10}),
                            false);
            StepLoss expected = model.loss(AdapterSelection.of("prompt"), full);
            assertEquals(5, expected.count());
            assertEquals(expected.sum(), model.loss(behind, text).sum(), 1e-4);
        }
    }

    /** Rows with and without a context, and a trained head under some of them. */
    @Test
    void rowsOfOneBatchCountAsEachDoesAlone() {
        try (BaseModel base = Bases.open("llama");
                PeftModel model = PeftModel.of(base)) {
            model.add("a", config().build());
            model.add("lora", LoraConfig.builder().targetModules("lm_head").build());
            Tensors.addNoise(base.door(), model.adapter("lora"), 0.1, 3);
            List<AdapterSelection> selections =
                    List.of(AdapterSelection.of("lora"), AdapterSelection.of("a", "lora"));
            TokenBatch batch = texts(false);
            StepLoss first = model.loss(selections.get(0), batch.withRows(0));
            StepLoss second = model.loss(selections.get(1), batch.withRows(1));
            StepLoss both = model.loss(AdapterSelection.perRow(selections), batch);
            assertEquals(first.count() + second.count(), both.count());
            assertEquals(first.sum() + second.sum(), both.sum(), 1e-4);
        }
    }

    @Test
    void whatIsTrainedStaysNearAndTheRestStays() {
        try (BaseModel base = Bases.open("llama");
                PeftModel model = PeftModel.of(base);
                PlainTraining training = trained(model, 0.2, 0.1)) {
            for (int i = 0; i < 10; i++) {
                training.step(texts(false));
            }
            float[] delta = model.adapter("a").parameters().get(0).value().toFloats();
            int width = delta.length / TYPES.size();
            double unit = Math.sqrt(width / 2048.0);
            for (int token = 0; token < TYPES.size(); token++) {
                double length = 0;
                for (int i = token * width; i < (token + 1) * width; i++) {
                    length = Math.hypot(length, delta[i]);
                }
                double radius =
                        switch (TokenKind.of(TYPES.get(token))) {
                            case SEPARATOR, LABEL -> 0;
                            case INPUT -> 0.2 * unit;
                            case INPUT_TEMPLATE, OUTPUT_TEMPLATE -> 0.1 * unit;
                        };
                assertTrue(length <= radius + 1e-6, "token " + token + ": " + length);
                assertEquals(radius > 0, length > 0, "token " + token);
            }
        }
    }

    /** With a rate that takes every step out of its ball. */
    private static PlainTraining trained(PeftModel model, double epsilon, double formatEpsilon) {
        model.add("a", config().epsilon(epsilon).formatEpsilon(formatEpsilon).build());
        return new PlainTraining(model, "a", 0.1);
    }

    /** Python does not keep δ, but it is what E + δ has and E has not. */
    @Test
    void whatPythonTrainedIsTrainedFurther(@TempDir Path directory) throws IOException {
        Path python = Fixtures.adapter("llama-cpt-decay");
        for (String file : List.of("adapter_config.json", "adapter_model.safetensors")) {
            Files.copy(python.resolve(file), directory.resolve(file));
        }
        try (BaseModel base = Bases.open("llama");
                PeftModel model = PeftModel.of(base)) {
            model.loadTrainable("kept", python);
            model.loadTrainable("a", directory);
            float[] expected = model.adapter("kept").parameters().get(0).value().toFloats();
            Parameter delta = model.adapter("a").parameters().get(0);
            assertEquals("delta_embedding.weight", delta.key());
            Compare.close("δ", expected, delta.value().toFloats(), 1e-6);
            Compare.close(
                    "logits",
                    Tensors.logits(model, AdapterSelection.of("kept"), texts(false)),
                    Tensors.logits(model, A, texts(false)),
                    1e-5);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void generatesWhatPythonDoes(int number) {
        PromptGeneration.check("cpt-generation", number);
    }

    @Test
    void aTemplateLaysOutExamples() {
        CptTemplate template =
                CptTemplate.builder()
                        .beginning(1)
                        .input(new long[] {31}, new long[] {32})
                        .intraSeparator(33)
                        .output(new long[] {34}, new long[] {35})
                        .interSeparator(36)
                        .build();
        CptTemplate.Example first = CptTemplate.Example.of(new long[] {5, 6}, new long[] {7});
        CptTemplate.Example second = CptTemplate.Example.of(new long[] {8}, new long[] {9, 10});
        CptContext context = template.context(List.of(first, second));
        assertEquals(
                List.of(1, 31, 5, 6, 32, 33, 34, 7, 35, 36, 31, 8, 32, 33, 34, 9, 10, 35, 36),
                context.tokenIds());
        assertEquals(
                List.of(0, 1, 2, 2, 1, 0, 3, 4, 3, 0, 5, 6, 5, 0, 7, 8, 8, 7, 0), context.types());
        assertEquals(Collections.nCopies(19, 1), context.mask());
        assertArrayEquals(new long[] {31, 8, 32, 33, 34, 9, 10, 35}, template.ids(second));
        assertArrayEquals(new long[] {X, X, X, X, X, 9, 10, X}, template.labels(second));
        assertArrayEquals(new long[] {31, 8, 32, 33, 34}, template.prompt(8));
    }

    @Test
    void typesAreWhatPeftMeansByThem() {
        List<TokenKind> kinds = IntStream.range(0, 10).mapToObj(TokenKind::of).toList();
        assertEquals(
                List.of(
                        TokenKind.SEPARATOR,
                        TokenKind.INPUT_TEMPLATE,
                        TokenKind.INPUT,
                        TokenKind.OUTPUT_TEMPLATE,
                        TokenKind.LABEL,
                        TokenKind.INPUT_TEMPLATE,
                        TokenKind.INPUT,
                        TokenKind.OUTPUT_TEMPLATE,
                        TokenKind.LABEL,
                        TokenKind.INPUT_TEMPLATE),
                kinds);
    }

    private static CptConfig read(String json) {
        return new CptMethod()
                .readConfig(
                        JsonFields.of(
                                Path.of("adapter_config.json"),
                                JsonParser.parseString(json).getAsJsonObject()));
    }

    @Test
    void whatAConfigLeavesOutIsWhatPeftTakes() {
        CptConfig config = read("{\"task_type\": \"CAUSAL_LM\"}");
        assertEquals(new CptContext(List.of(0), List.of(1), List.of(1)), config.context());
        assertEquals(LossWeighting.none(), config.weighting());
        assertEquals(0.1, config.epsilon());
        assertEquals(0.1, config.formatEpsilon());
        assertEquals(1, config.virtualTokens().count());
    }

    private static void refused(String because, Supplier<PeftConfig> config, String baseName) {
        LoadOptions options = LoadOptions.defaults().withName(baseName);
        try (BaseModel base =
                        Checkpoints.open(
                                Fixtures.base(baseName),
                                baseName.endsWith("-heads")
                                        ? options.withTask(TaskType.SEQ_CLS)
                                        : options);
                PeftModel model = PeftModel.of(base)) {
            PeftException refusal =
                    assertThrows(PeftException.class, () -> model.add("a", config.get()));
            String message = String.valueOf(refusal.getMessage());
            assertTrue(message.contains(because), message);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert-heads", "t5", "llama-heads"})
    void itIsForCausalLanguageModels(String name) {
        refused("CPT is for causal language models, but this base", () -> config().build(), name);
    }

    private static void refused(String because, String json) {
        refused(because, () -> read(json), "llama");
    }

    @Test
    void whatCannotBeSaysSo() {
        refused("Call context", () -> CptConfig.builder().build(), "llama");
        refused(
                "the vocabulary ends at",
                () -> CptConfig.builder().context(CptContext.of(List.of(1 << 20))).build(),
                "llama");
        refused("opt_projection_epsilon", () -> config().epsilon(-1).build(), "llama");
        refused(
                "opt_projection_format_epsilon",
                () -> config().formatEpsilon(Double.NaN).build(),
                "llama");
        refused("opt_loss_decay_factor", "{\"opt_loss_decay_factor\": -1}");
        refused("none or decay", "{\"opt_weighted_loss_type\": \"growth\"}");
        refused("at least one token", "{\"cpt_token_ids\": []}");
        refused("ids from 0 up", "{\"cpt_token_ids\": [-1]}");
        refused("0 and 1 only", "{\"cpt_mask\": [2]}");
        refused("types from 0 up", "{\"cpt_tokens_type_mask\": [-3]}");
        refused("of one length", "{\"cpt_tokens_type_mask\": [1, 2]}");
        refused("num_virtual_tokens must be", "{\"num_virtual_tokens\": 2}");
        refused("must be CAUSAL_LM", "{\"task_type\": \"SEQ_CLS\"}");
        PeftException empty =
                assertThrows(
                        PeftException.class,
                        () -> CptTemplate.Example.of(new long[] {5}, new long[0]));
        assertTrue(String.valueOf(empty.getMessage()).contains("at least one token"));
    }
}
