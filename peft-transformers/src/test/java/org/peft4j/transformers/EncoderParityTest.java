package org.peft4j.transformers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftModel;
import org.peft4j.core.SequenceLayout;
import org.peft4j.core.TaskType;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.LinearPoint;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.Golden;

/** Encoders give the hidden states of {@code transformers}. */
final class EncoderParityTest {

    @ParameterizedTest
    @CsvSource({
        "bert, bert",
        "bert-legacy, bert",
        "bert-legacy-bare, bert",
        "roberta, roberta",
        "distilbert, distilbert"
    })
    void hiddenStates(String name, String twin) {
        Golden golden = Fixtures.golden("bases/" + twin);
        try (BaseModel base = openFeatures(name);
                PeftModel model = PeftModel.of(base)) {
            model.add("probe", ProbeMethod.at(""));
            AdapterSelection probe = AdapterSelection.of("probe");
            AdapterSelection mixed =
                    AdapterSelection.perRow(List.of(AdapterSelection.none(), probe));
            for (AdapterSelection selection : List.of(AdapterSelection.none(), probe, mixed)) {
                for (String prefix : List.of("", "left.", "typed.", "left.typed.")) {
                    if (golden.contains(prefix + "input_ids")) {
                        compare(model, selection, golden, prefix);
                    }
                }
            }
        }
    }

    private static BaseModel openFeatures(String name) {
        return Checkpoints.open(
                Fixtures.base(name), LoadOptions.defaults().withTask(TaskType.FEATURE_EXTRACTION));
    }

    private static void compare(
            PeftModel model, AdapterSelection selection, Golden golden, String prefix) {
        try (Tensor hidden = model.logits(selection, golden.batch(prefix))) {
            Compare.close(
                    prefix + "hidden_last with " + selection,
                    golden.floats(prefix + "hidden_last"),
                    hidden.toFloats(),
                    golden.longs(prefix + "attention_mask"),
                    1e-5);
        }
    }

    /** XLM-RoBERTa and CamemBERT are RoBERTa by another name. */
    @ParameterizedTest
    @ValueSource(strings = {"xlm-roberta", "camembert"})
    void readsOtherNamesOfRoberta(
            String type, @org.junit.jupiter.api.io.TempDir java.nio.file.Path folder)
            throws Exception {
        Fixtures.copy(Fixtures.base("roberta"), folder);
        java.nio.file.Path config = folder.resolve("config.json");
        String text = java.nio.file.Files.readString(config);
        java.nio.file.Files.writeString(
                config,
                text.replace("\"model_type\": \"roberta\"", "\"model_type\": \"" + type + "\""));
        try (BaseModel base = Checkpoints.open(folder);
                PeftModel model = PeftModel.of(base)) {
            assertEquals(type, base.info().modelType());
            compare(model, AdapterSelection.none(), Fixtures.golden("bases/roberta"), "");
        }
    }

    /** Padding's place, and how much of it there is, are nothing to a BERT row's neighbours. */
    @ParameterizedTest
    @ValueSource(strings = {"bert", "roberta", "distilbert"})
    void aRowWithoutPaddingIsTheSameAlone(String name) {
        Golden golden = Fixtures.golden("bases/" + name);
        TokenBatch both = golden.batch("");
        int length = both.length();
        TokenBatch first =
                new TokenBatch(
                        new SequenceLayout(1, 0, length), Arrays.copyOf(both.inputIds(), length));
        try (BaseModel base = openFeatures(name);
                PeftModel model = PeftModel.of(base);
                Tensor alone = model.logits(AdapterSelection.none(), first)) {
            float[] expected = golden.floats("hidden_last");
            Compare.close(
                    name,
                    Arrays.copyOf(expected, expected.length / 2),
                    alone.toFloats(),
                    null,
                    1e-5);
        }
    }

    /** Tokens that a method puts before the input count as if they had been in the text. */
    @ParameterizedTest
    @ValueSource(strings = {"bert", "roberta", "distilbert"})
    void virtualTokensActLikeRealOnes(String name) {
        long[] whole = {5, 20, 30, 11, 12, 13, 14};
        try (BaseModel base = openFeatures(name);
                PeftModel model = PeftModel.of(base)) {
            model.add("before", ProbeMethod.before(5L, 20L));
            TokenBatch rest = TokenBatch.of(Arrays.copyOfRange(whole, 2, whole.length));
            try (Tensor expected = model.logits(AdapterSelection.none(), TokenBatch.of(whole));
                    Tensor actual = model.logits(AdapterSelection.of("before"), rest)) {
                float[] all = expected.toFloats();
                float[] own = actual.toFloats();
                float[] last = Arrays.copyOfRange(all, all.length - own.length, all.length);
                Compare.close(name, last, own, null, 1e-5);
            }
        }
    }

    @Test
    void publishesThePoolerWhereThereIsOne() {
        try (BaseModel bert = openFeatures("bert");
                BaseModel distilbert = openFeatures("distilbert")) {
            List<String> linears = bert.points().paths(LinearPoint.class);
            assertTrue(linears.contains("pooler.dense"));
            assertTrue(linears.contains("encoder.layer.1.attention.self.query"));
            assertTrue(
                    distilbert
                            .points()
                            .paths(LinearPoint.class)
                            .contains("transformer.layer.0.ffn.lin2"));
        }
    }

    @Test
    void hasNoCache() {
        try (BaseModel base = openFeatures("bert")) {
            Refused.because("neither makes nor takes a cache", () -> base.newCache(1, 8));
        }
    }

    @Test
    void refusesWhatDoesNotFit() {
        try (BaseModel bert = openFeatures("bert");
                BaseModel roberta = openFeatures("roberta");
                BaseModel distilbert = openFeatures("distilbert")) {
            Refused.because(
                    "has 64, virtual tokens included", () -> run(bert, TokenBatch.of(ids(65))));
            assertEquals(64, bert.info().maxPositions());
            Refused.because(
                    "The batch has 65 positions a row", () -> run(roberta, TokenBatch.of(ids(65))));
            assertEquals(64, roberta.info().maxPositions());
            TokenBatch typed = TokenBatch.of(ids(2)).withTokenTypeIds(0, 2);
            Refused.because("token type 2 at position 1", () -> run(bert, typed));
            Refused.because("Leave them out", () -> run(distilbert, typed));
        }
    }

    private static long[] ids(int length) {
        long[] ids = new long[length];
        Arrays.fill(ids, 7);
        return ids;
    }

    private static void run(BaseModel base, TokenBatch batch) {
        try (PeftModel model = PeftModel.of(base)) {
            model.logits(AdapterSelection.none(), batch).close();
        }
    }
}
