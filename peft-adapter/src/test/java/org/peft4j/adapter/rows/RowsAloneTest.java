package org.peft4j.adapter.rows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.peft4j.adapter.Bases;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.DecodingCache;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.Parameter;
import org.peft4j.core.PeftModel;
import org.peft4j.core.SequenceLayout;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.fixtures.Compare;
import org.peft4j.fixtures.Tensors;

/**
 * Whatever its neighbours are, and wherever padding lies, a row of a batch has the numbers that it
 * has alone and without padding: windows count a row's own positions.
 */
final class RowsAloneTest {

    /** Four of them, one for each kind of padding; more on request. */
    private static final int MIXTURES = Integer.getInteger("peft4j.mixtures", 4);

    private static final List<Mixture.Padding> PADDINGS = List.of(Mixture.Padding.values());
    private static final int STEPS = 5;
    private static final double LIMIT = 1e-5;

    /** Sums over rows may cancel. */
    private static final double GRADIENT_LIMIT = 1e-3;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mistral",
                "gemma2",
                "qwen2-window",
                "qwen3-window",
                "phi3",
                "gpt2",
                "gpt-neox",
                "opt",
                "t5",
                "bart"
            })
    void aRowAmongOthers(String name) {
        try (BaseModel base = Bases.open(name);
                PeftModel model = PeftModel.of(base)) {
            List<AdapterSelection> choices = Methods.addTo(model);
            boolean reads = base.decoderStart().isPresent();
            for (int seed = 0; seed < MIXTURES; seed++) {
                Random random = new Random(seed);
                Mixture mixture = Mixture.draw(random, choices, 2 + seed % 3, vocabulary(base));
                Mixture.Padding padding = PADDINGS.get(seed % PADDINGS.size());
                Mixture.Laid laid = mixture.laid(random, padding, reads);
                String what = name + " " + seed + " " + padding + " " + mixture.selection();
                plain(what, model, mixture, laid);
                cached(what, model, mixture, laid);
                trained(what, model, mixture, laid);
            }
        }
    }

    /** A row of padding alone has no numbers of its own, and leaves its neighbours theirs. */
    @ParameterizedTest
    @ValueSource(strings = {"mistral", "gemma2", "gpt2", "t5", "bart"})
    void aRowOfPadding(String name) {
        try (BaseModel base = Bases.open(name);
                PeftModel model = PeftModel.of(base)) {
            TokenBatch text = TokenBatch.of(new long[] {5, 9, 20, 7});
            long[] mask = {1, 1, 1, 1, 0, 0, 0, 0};
            TokenBatch both =
                    new TokenBatch(
                            new SequenceLayout(2, 0, 4, mask),
                            new long[] {5, 9, 20, 7, 0, 0, 0, 0});
            boolean reads = base.decoderStart().isPresent();
            for (AdapterSelection selection : Methods.addTo(model)) {
                if (!selection.names().contains("multitask")) {
                    float[] alone =
                            Tensors.logits(model, selection, reads ? text.withSource(text) : text);
                    float[] beside =
                            Tensors.logits(model, selection, reads ? both.withSource(both) : both);
                    float[] own = Arrays.copyOf(beside, alone.length);
                    Compare.closeToLargest(name + " " + selection, alone, own, LIMIT);
                }
            }
        }
    }

    private static int vocabulary(BaseModel base) {
        return Math.toIntExact(base.info().vocabularySize());
    }

    private static void plain(String what, PeftModel model, Mixture mixture, Mixture.Laid laid) {
        float[] together = Tensors.logits(model, mixture.selection(), laid.batch());
        for (int row = 0; row < mixture.rows().size(); row++) {
            Mixture one = mixture.alone(row);
            float[] alone = Tensors.logits(model, one.selection(), alone(one, laid).batch());
            int[] columns = laid.columns()[row];
            float[] own = rows(together, row * laid.batch().length(), columns, alone.length);
            Compare.closeToLargest(what + ": row " + row, alone, own, LIMIT);
        }
    }

    private static Mixture.Laid alone(Mixture one, Mixture.Laid laid) {
        return one.laid(new Random(0), Mixture.Padding.RIGHT, laid.batch().source() != null);
    }

    /** The values of some positions of all. */
    private static float[] rows(float[] all, int first, int[] columns, int wanted) {
        int width = wanted / columns.length;
        float[] own = new float[wanted];
        for (int i = 0; i < columns.length; i++) {
            System.arraycopy(all, (first + columns[i]) * width, own, i * width, width);
        }
        return own;
    }

    /** Tokens that come one by one behind a text. */
    private static void cached(String what, PeftModel model, Mixture mixture, Mixture.Laid laid) {
        Random random = new Random(what.hashCode());
        int rows = mixture.rows().size();
        long[][] more = new long[STEPS][];
        Arrays.setAll(more, i -> random.longs(rows, 3, vocabulary(model.base())).toArray());
        List<float[]> together = steps(model, mixture.selection(), laid.batch(), more);
        for (int row = 0; row < rows; row++) {
            Mixture one = mixture.alone(row);
            int number = row;
            long[][] own =
                    Arrays.stream(more)
                            .map(step -> new long[] {step[number]})
                            .toArray(long[][]::new);
            List<float[]> alone = steps(model, one.selection(), alone(one, laid).batch(), own);
            for (int i = 0; i < STEPS; i++) {
                float[] step = together.get(i);
                int width = step.length / rows;
                Compare.closeToLargest(
                        what + ": row " + row + ", step " + i,
                        alone.get(i),
                        Arrays.copyOfRange(step, row * width, (row + 1) * width),
                        LIMIT);
            }
        }
    }

    private static List<float[]> steps(
            PeftModel model, AdapterSelection selection, TokenBatch batch, long[][] more) {
        BaseModel base = model.base();
        List<float[]> logits = new ArrayList<>();
        int rows = batch.rows();
        long[] mask = batch.layout().mask();
        try (ForwardContext context = model.open(selection);
                DecodingCache cache = base.newCache(rows, batch.length() + more.length)) {
            base.hiddenStates(context, batch, cache);
            int virtual = cache.length() - batch.length();
            for (long[] tokens : more) {
                int width = cache.length() + 1;
                long[] all = new long[rows * width];
                Arrays.fill(all, 1);
                for (int row = 0; row < rows && mask != null; row++) {
                    int from = row * batch.length();
                    System.arraycopy(mask, from, all, row * width + virtual, batch.length());
                }
                SequenceLayout layout = new SequenceLayout(rows, cache.length(), 1, all);
                TokenBatch next = new TokenBatch(layout, tokens);
                Ops ops = context.ops();
                Tensor hidden = base.hiddenStates(context, next, cache);
                try (Tensor step = ops.release(base.logits(context, hidden, next))) {
                    logits.add(step.toFloats());
                }
            }
        }
        return logits;
    }

    /** The gradients of a batch are the sums of its rows'. */
    private static void trained(String what, PeftModel model, Mixture mixture, Mixture.Laid laid) {
        List<String> names =
                List.copyOf(
                        new TreeSet<>(
                                mixture.rows().stream()
                                        .flatMap(row -> row.selection().names().stream())
                                        .toList()));
        if (names.isEmpty()) {
            return;
        }
        TokenBatch batch = laid.batch();
        model.accumulateGradients(mixture.selection(), batch, 1, 0);
        Map<Parameter, float[]> together = gradients(model, names);
        for (int row = 0; row < mixture.rows().size(); row++) {
            Mixture one = mixture.alone(row);
            TokenBatch alone = alone(one, laid).batch();
            if (!one.selection().names().isEmpty()) {
                model.accumulateGradients(one.selection(), alone, 1, 0);
            }
        }
        Map<Parameter, float[]> sum = gradients(model, names);
        sum.forEach(
                (parameter, expected) ->
                        Compare.closeToLargest(
                                what + ": gradient of " + parameter.key(),
                                expected,
                                Objects.requireNonNull(together.get(parameter)),
                                GRADIENT_LIMIT));
    }

    private static Map<Parameter, float[]> gradients(PeftModel model, List<String> names) {
        Map<Parameter, float[]> gradients = new LinkedHashMap<>();
        for (String name : names) {
            for (Parameter parameter : model.adapter(name).parameters()) {
                Tensor gradient = parameter.gradient();
                int size = Math.toIntExact(parameter.value().elements());
                gradients.put(parameter, gradient == null ? new float[size] : gradient.toFloats());
                parameter.setGradient(null);
            }
        }
        return gradients;
    }
}
