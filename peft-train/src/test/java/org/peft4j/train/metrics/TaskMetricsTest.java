package org.peft4j.train.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TaskType;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.Golden;
import org.peft4j.train.data.Collator;
import org.peft4j.train.data.Example;
import org.peft4j.transformers.Checkpoints;
import org.peft4j.transformers.LoadOptions;

/**
 * What classifiers and regressions are worth; the expected figures are those of scikit-learn and
 * SciPy.
 */
final class TaskMetricsTest {

    private static final AdapterSelection NONE = AdapterSelection.none();

    @Test
    void classification() {
        long[] labels = {0, 0, 1, 1, 2, 2, -100, 1};
        long[] named = {0, 1, 1, 1, 2, 0, 2, 2};
        Classification all =
                Classification.of(3, Arrays.copyOf(labels, 3), named)
                        .plus(
                                Classification.of(
                                        3,
                                        Arrays.copyOfRange(labels, 3, 8),
                                        Arrays.copyOfRange(named, 3, 8)));
        assertEquals(Classification.of(3, labels, named), all);
        assertEquals(7, all.count());
        assertEquals(4, all.right());
        assertEquals(4 / 7.0, all.accuracy(), 1e-12);
        assertEquals(2 / 3.0, all.f1(1), 1e-12);
        assertEquals(0.5555555555555555, all.macroF1(), 1e-12);
        assertEquals(0.34375, all.matthews(), 1e-12);
        assertThrows(PeftException.class, () -> all.f1(3));
        long[] same = {1, 1};
        assertEquals(0, Classification.of(2, same, same).matthews());
    }

    @Test
    void regression() {
        double[] targets = {1, 2, 3, 4, 5};
        double[] predictions = {1.5, 1.5, 3.5, 3, 6};
        Regression result = Regression.of(targets, predictions);
        assertEquals(0.55, result.meanSquaredError(), 1e-12);
        assertEquals(0.8970755406025991, result.pearson(), 1e-12);
        assertEquals(0.872081599272381, result.spearman(), 1e-12);
    }

    @Test
    void classifiesWhatTheModelSays() {
        Golden golden = Fixtures.golden("bases/bert-heads");
        float[] logits = golden.floats("seq_cls.logits");
        List<Example> examples = new ArrayList<>();
        for (int row = 0; row < 3; row++) {
            int best = 0;
            for (int label = 1; label < 3; label++) {
                best = logits[row * 3 + label] > logits[row * 3 + best] ? label : best;
            }
            examples.add(Example.ofClass(row(golden, row), row == 2 ? (best + 1) % 3 : best));
        }
        LoadOptions options = LoadOptions.defaults().withTask(TaskType.SEQ_CLS);
        try (BaseModel base = Checkpoints.open(Fixtures.base("bert-heads"), options);
                PeftModel model = PeftModel.of(base)) {
            Evaluator evaluator = new Evaluator(model, Collator.toLongest(), 2);
            Classification result = evaluator.classification(NONE, examples);
            assertEquals(2, result.right());
            assertEquals(3, result.count());
            assertEquals(3, evaluator.loss(NONE, examples).labels());
            assertThrows(PeftException.class, () -> evaluator.classification(NONE, List.of()));
        }
    }

    @Test
    void regressionOfAModel() {
        Golden golden = Fixtures.golden("bases/bert-regression");
        float[] logits = golden.floats("seq_cls.logits");
        List<Example> examples = new ArrayList<>();
        for (int row = 0; row < 3; row++) {
            examples.add(Example.ofTargets(row(golden, row), 2 * logits[row] + 1));
        }
        try (BaseModel base = Checkpoints.open(Fixtures.base("bert-regression"));
                PeftModel model = PeftModel.of(base)) {
            Evaluator evaluator = new Evaluator(model, Collator.toLongest(), 2);
            Regression result = evaluator.regression(NONE, examples);
            assertEquals(1, result.pearson(), 1e-4);
            assertEquals(1, result.spearman(), 1e-12);
            double loss = evaluator.loss(NONE, examples).loss();
            assertEquals(loss, result.meanSquaredError(), 1e-4 * loss);
        }
    }

    @Test
    void aCausalModelDoesNeither() {
        try (BaseModel base = Checkpoints.open(Fixtures.base("llama"));
                PeftModel model = PeftModel.of(base)) {
            Evaluator evaluator = new Evaluator(model, Collator.toLongest(), 2);
            List<Example> one = List.of(Example.ofText(3, 4, 5));
            for (Runnable measure :
                    List.<Runnable>of(
                            () -> evaluator.classification(NONE, one),
                            () -> evaluator.regression(NONE, one))) {
                PeftException refusal = assertThrows(PeftException.class, measure::run);
                assertTrue(String.valueOf(refusal.getMessage()).contains("CAUSAL_LM"));
            }
        }
    }

    private static long[] row(Golden golden, int row) {
        long[] ids = golden.get("input_ids").longs(row);
        long[] mask = golden.get("attention_mask").longs(row);
        return Arrays.copyOf(ids, (int) Arrays.stream(mask).sum());
    }
}
