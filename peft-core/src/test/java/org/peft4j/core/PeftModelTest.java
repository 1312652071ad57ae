package org.peft4j.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.peft4j.core.ops.Tensor;

class PeftModelTest {

    private static final TokenBatch BATCH =
            TokenBatch.padded(
                    List.of(new long[] {1, 2, 3}, new long[] {4, 5, 6}, new long[] {7, 8, 9}),
                    List.of(
                            new long[] {2, 3, TokenBatch.IGNORED},
                            new long[] {5, 6, 1},
                            new long[] {8, TokenBatch.IGNORED, 0}),
                    0,
                    false);

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

    private float[] logits(AdapterSelection selection, TokenBatch batch) {
        try (Tensor logits = model.logits(selection, batch)) {
            return logits.toFloats();
        }
    }

    private static TokenBatch row(int i) {
        return TokenBatch.of(Arrays.copyOfRange(BATCH.inputIds(), 3 * i, 3 * i + 3));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "embed",
                "decoder",
                "layer.norm",
                "layer.attn",
                "layer.fc",
                "!layer.fc",
                "layer.mlp",
                "lm_head"
            })
    void anAdapterActsAtEveryKindOfPointWhenSelectedAndOnlyThen(String target) {
        float[] before = logits(AdapterSelection.none(), BATCH);
        model.add("a", ToyMethod.on(target));
        assertFalse(Arrays.equals(before, logits(AdapterSelection.of("a"), BATCH)));
        assertArrayEquals(before, logits(AdapterSelection.none(), BATCH));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "embed",
                "layer.norm",
                "layer.attn",
                "layer.fc",
                "!layer.fc",
                "layer.mlp",
                "lm_head"
            })
    void rowsOfABatchMayHaveDifferentAdapters(String target) {
        model.add("a", ToyMethod.on(target), 1);
        model.add(
                "b", ToyMethod.on(target, "layer.norm".equals(target) ? "embed" : "layer.norm"), 2);
        AdapterSelection mixed =
                AdapterSelection.perRow(
                        List.of(
                                AdapterSelection.of("b"),
                                AdapterSelection.none(),
                                AdapterSelection.of("a", "b")));
        float[] together = logits(mixed, BATCH);
        List<AdapterSelection> rows = mixed.rows();
        for (int i = 0; i < 3; i++) {
            float[] alone = logits(rows.get(i), row(i));
            assertArrayEquals(
                    alone,
                    Arrays.copyOfRange(together, i * alone.length, (i + 1) * alone.length),
                    1e-5f,
                    "row " + i);
        }
    }

    @Test
    void rowsTrainTogetherAsTheyWouldAlone() {
        String[] targets = {
            "embed", "layer.norm", "layer.attn", "layer.fc", "layer.mlp", "lm_head"
        };
        model.add("a", ToyMethod.on(targets), 1);
        model.add("b", ToyMethod.on(targets), 2);
        model.accumulateGradients(AdapterSelection.perRow("a", "b", "a"), BATCH, 0.5, 0);
        List<float[]> together = takeGradients();
        for (int i = 0; i < 3; i++) {
            long[] labels = Arrays.copyOfRange(BATCH.requireLabels(), 3 * i, 3 * i + 3);
            TokenBatch alone =
                    TokenBatch.padded(List.of(row(i).inputIds()), List.of(labels), 0, false);
            model.accumulateGradients(AdapterSelection.of(i == 1 ? "b" : "a"), alone, 0.5, 0);
        }
        List<float[]> apart = takeGradients();
        assertEquals(12, together.size());
        for (int i = 0; i < together.size(); i++) {
            assertArrayEquals(apart.get(i), together.get(i), 1e-4f);
        }
    }

    private List<float[]> takeGradients() {
        List<float[]> gradients = new ArrayList<>();
        for (String name : model.adapterNames()) {
            for (Parameter parameter : model.adapter(name).parameters()) {
                Tensor gradient = parameter.gradient();
                gradients.add(gradient == null ? new float[0] : gradient.toFloats());
                parameter.setGradient(null);
            }
        }
        return gradients;
    }

    @Test
    void onlyTrainableSelectedAdaptersGetGradients() {
        Adapter a = model.add("a", ToyMethod.on("layer.fc"));
        Adapter b = model.add("b", ToyMethod.on("layer.fc"));
        b.setTrainable(false);
        model.accumulateGradients(AdapterSelection.of("a", "b"), BATCH, 1, 0);
        assertTrue(a.parameters().get(0).gradient() != null);
        assertEquals(null, b.parameters().get(0).gradient());
        PeftException e =
                assertThrows(
                        PeftException.class,
                        () -> model.accumulateGradients(AdapterSelection.of("b"), BATCH, 1, 0));
        assertTrue(String.valueOf(e.getMessage()).contains("setTrainable"), e.getMessage());
        assertThrows(
                PeftException.class,
                () -> model.accumulateGradients(AdapterSelection.none(), BATCH, 1, 0));
    }

    @Test
    void mergedIsUnmergedAndUnmergeRestoresBitForBit() {
        model.add("a", ToyMethod.on("layer.fc", "layer.norm", "lm_head"));
        float[] frozen = logits(AdapterSelection.none(), BATCH);
        float[] unmerged = logits(AdapterSelection.of("a"), BATCH);
        MergeReport report = model.merge("a");
        assertEquals(3, report.points().size());
        assertEquals(List.of("a"), model.merged());
        assertArrayEquals(unmerged, logits(AdapterSelection.none(), BATCH), 1e-5f);
        assertThrows(PeftException.class, () -> logits(AdapterSelection.of("a"), BATCH));
        assertThrows(PeftException.class, () -> model.merge("a"));
        assertThrows(PeftException.class, () -> model.delete("a"));
        model.unmerge();
        assertArrayEquals(frozen, logits(AdapterSelection.none(), BATCH));
        assertArrayEquals(unmerged, logits(AdapterSelection.of("a"), BATCH));
    }

    @Test
    void whatIsNoChangeOfWeightsCannotBeMergedAndNothingIs() {
        model.add("a", ToyMethod.on("layer.fc", "layer.mlp"));
        long before = base.door().openTensors();
        PeftException e = assertThrows(PeftException.class, () -> model.merge("a"));
        assertTrue(String.valueOf(e.getMessage()).contains("layer.mlp"), e.getMessage());
        assertEquals(List.of(), model.merged());
        assertEquals(before, base.door().openTensors());
    }

    @Test
    void mergingANonFiniteAdapterIsRefusedAndTheBaseStaysAsItWas() {
        Adapter a = model.add("a", ToyMethod.on("layer.norm"));
        float[] frozen = logits(AdapterSelection.none(), BATCH);
        try (Tensor nan =
                base.door().weights().floats(new float[] {1, Float.NaN, 0, 0}, ToyBase.WIDTH)) {
            base.door().updates().assign(a.parameters().get(0).value(), nan);
        }
        assertThrows(NonFiniteException.class, () -> model.merge("a"));
        assertThrows(
                NonFiniteException.class,
                () -> model.accumulateGradients(AdapterSelection.of("a"), BATCH, 1, 0));
        assertEquals(null, a.parameters().get(0).gradient());
        assertArrayEquals(frozen, logits(AdapterSelection.none(), BATCH));
    }

    @Test
    void copiesOfWholeModulesStartAsTheModuleAndTrainApartFromIt() {
        float[] frozen = logits(AdapterSelection.none(), BATCH);
        Adapter a =
                model.add(
                        "a",
                        new ToyMethod.ToyConfig(List.of(), List.of("lm_head", "layer", "embed")));
        assertEquals(
                List.of(
                        "base_model.model.lm_head.weight",
                        "base_model.model.layer.norm.weight",
                        "base_model.model.layer.fc.weight",
                        "base_model.model.layer.fc.bias",
                        "base_model.model.embed.weight"),
                a.parameters().stream().map(Parameter::key).toList());
        assertArrayEquals(frozen, logits(AdapterSelection.of("a"), BATCH), 1e-6f);
        model.accumulateGradients(AdapterSelection.of("a"), BATCH, 1, 0);
        a.parameters().forEach(parameter -> assertTrue(parameter.gradient() != null));
        PeftException e =
                assertThrows(
                        PeftException.class,
                        () ->
                                model.add(
                                        "b",
                                        new ToyMethod.ToyConfig(List.of(), List.of("lm_haed"))));
        assertTrue(String.valueOf(e.getMessage()).contains("lm_head"), e.getMessage());
    }

    @Test
    void savedAndLoadedIsBitEqual(@TempDir Path directory) {
        Adapter a = model.add("a", ToyMethod.on("layer.fc", "embed"), 5);
        model.save("a", directory);
        Adapter b = model.load("b", directory);
        assertEquals(a.config(), b.config());
        for (int i = 0; i < a.parameters().size(); i++) {
            assertArrayEquals(
                    a.parameters().get(i).value().toFloats(),
                    b.parameters().get(i).value().toFloats());
        }
        assertFalse(b.isTrainable());
        assertThrows(PeftException.class, () -> model.load("a", directory));
    }

    @Test
    void namesMustBeFreeAndPlainAndKnown() {
        model.add("first", ToyMethod.on("embed"));
        assertThrows(PeftException.class, () -> model.add("first", ToyMethod.on("embed")));
        assertThrows(PeftException.class, () -> model.add("../x", ToyMethod.on("embed")));
        assertThrows(PeftException.class, () -> model.add(" ", ToyMethod.on("embed")));
        PeftException e =
                assertThrows(PeftException.class, () -> logits(AdapterSelection.of("fist"), BATCH));
        assertTrue(String.valueOf(e.getMessage()).contains("first"), e.getMessage());
        assertThrows(
                PeftException.class,
                () -> logits(AdapterSelection.perRow("first", "first"), BATCH));
        assertThrows(PeftException.class, () -> AdapterSelection.of("a", "a"));
    }

    @Test
    void aBrokenConfigLeavesNothingBehind() {
        long before = base.door().openTensors();
        assertThrows(
                PeftException.class, () -> model.add("a", ToyMethod.on("layer.fc", "nowhere")));
        assertThrows(PeftException.class, () -> model.add("a", ToyMethod.on()));
        assertEquals(before, base.door().openTensors());
        assertTrue(model.adapterNames().isEmpty());
    }

    @Test
    void stepsLeaveNoArrayBehind() {
        model.add("a", ToyMethod.on("embed", "layer.fc", "layer.attn", "layer.mlp", "lm_head"));
        model.add("b", ToyMethod.on("embed", "!layer.fc"));
        step();
        long before = base.door().openTensors();
        for (int i = 0; i < 100; i++) {
            step();
        }
        assertEquals(before, base.door().openTensors());
    }

    private void step() {
        model.accumulateGradients(AdapterSelection.perRow("a", "b", "a"), BATCH, 1, 0);
        model.accumulateGradients(AdapterSelection.of("a", "b"), BATCH, 1, 0);
        model.accumulatePenalties(AdapterSelection.of("a"), 1);
        model.loss(AdapterSelection.of("b"), BATCH);
        takeGradients();
    }

    @Test
    void adaptersComeAndGoWhileOthersRun() throws InterruptedException {
        model.add("stays", ToyMethod.on("layer.fc"), 1);
        float[] expected = logits(AdapterSelection.of("stays"), BATCH);
        float[] frozen = logits(AdapterSelection.none(), BATCH);
        List<Throwable> failures = new CopyOnWriteArrayList<>();
        AtomicBoolean done = new AtomicBoolean();
        List<Thread> readers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            boolean none = i == 0;
            Thread reader =
                    new Thread(
                            () -> {
                                while (!done.get()) {
                                    assertArrayEquals(
                                            none ? frozen : expected,
                                            logits(
                                                    none
                                                            ? AdapterSelection.none()
                                                            : AdapterSelection.of("stays"),
                                                    BATCH));
                                }
                            });
            reader.setUncaughtExceptionHandler((thread, e) -> failures.add(e));
            readers.add(reader);
            reader.start();
        }
        for (int i = 0; i < 100; i++) {
            model.add("goes", ToyMethod.on("layer.fc", "embed"), i);
            ForwardContext running = model.open(AdapterSelection.of("goes"));
            model.delete("goes");
            base.hiddenStates(running, BATCH, null); // it finishes with the deleted adapter
            running.close();
        }
        done.set(true);
        for (Thread reader : readers) {
            reader.join();
        }
        assertEquals(List.of(), failures);
    }

    @Test
    void mergingSwapsTheWeightsForPassesThatStartLater() {
        model.add("a", ToyMethod.on("layer.fc"));
        float[] frozen = logits(AdapterSelection.none(), BATCH);
        long before = base.door().openTensors();
        try (ForwardContext running = model.open(AdapterSelection.none())) {
            model.merge("a");
            Tensor logits = base.logits(running, base.hiddenStates(running, BATCH, null), BATCH);
            assertArrayEquals(frozen, logits.toFloats());
            model.unmerge();
        }
        assertEquals(before, base.door().openTensors());
    }

    @Test
    void closingAPassTwiceLetsGoOnce() {
        Adapter a = model.add("a", ToyMethod.on("layer.fc"));
        ForwardContext pass = model.open(AdapterSelection.of("a"));
        pass.close();
        pass.close();
        assertTrue(a.parameters().get(0).value().isOpen());
        assertThrows(IllegalStateException.class, () -> base.hiddenStates(pass, BATCH, null));
        model.delete("a");
        assertFalse(a.parameters().get(0).value().isOpen());
    }

    @Test
    void aPassThatCannotBeOpenedHoldsNothing() {
        Adapter a = model.add("a", ToyMethod.on("layer.fc"));
        model.add("b", ToyMethod.on("layer.fc"));
        base.close();
        AdapterSelection mixed = AdapterSelection.perRow("a", "b");
        assertThrows(RuntimeException.class, () -> model.open(mixed));
        model.delete("a");
        assertFalse(a.parameters().get(0).value().isOpen());
    }

    @Test
    void aBatchInWhichNothingTrainableCountsGivesNoGradient() {
        Adapter a = model.add("a", ToyMethod.on("lm_head"));
        long[] labels = {
            TokenBatch.IGNORED, TokenBatch.IGNORED, TokenBatch.IGNORED, 5, 6, 1, 8, 2, 0
        };
        AdapterSelection none = AdapterSelection.none();
        AdapterSelection mixed =
                AdapterSelection.perRow(List.of(AdapterSelection.of("a"), none, none));
        StepLoss loss = model.accumulateGradients(mixed, BATCH.withLabels(labels), 1, 0);
        assertEquals(6, loss.count());
        assertEquals(null, a.parameters().get(0).gradient());
    }

    @Test
    void reportsTrainableParametersAsPeftDoes() {
        model.add("a", ToyMethod.on("layer.fc"));
        assertEquals(
                "trainable params: 4 || all params: 116 || trainable%: 3.4483",
                model.trainableParameters().toString());
    }
}
