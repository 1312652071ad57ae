package org.peft4j.transformers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BadFileException;
import org.peft4j.core.BaseModel;
import org.peft4j.core.DecoderStart;
import org.peft4j.core.DecodingCache;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.InjectionPoints;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftModel;
import org.peft4j.core.SequenceLayout;
import org.peft4j.core.TaskType;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.files.JsonFiles;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.AttentionFlow;
import org.peft4j.core.points.EmbeddingPoint;
import org.peft4j.core.points.InputPoint;
import org.peft4j.core.points.LinearPoint;
import org.peft4j.core.points.NormPoint;
import org.peft4j.core.points.SublayerPoint;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.Golden;

/** Encoder-decoders compute what {@code transformers} does, with and without a cache. */
final class EncoderDecoderTest {

    private static final double LIMIT = 1e-5;
    private static final AdapterSelection NONE = AdapterSelection.none();

    @ParameterizedTest
    @ValueSource(strings = {"t5", "t5-gated", "bart", "bart-scaled"})
    void agrees(String name) {
        Golden golden = Fixtures.golden("bases/" + name);
        try (BaseModel base = Checkpoints.open(Fixtures.base(name));
                PeftModel model = PeftModel.of(base)) {
            assertEquals(TaskType.SEQ_2_SEQ_LM, base.info().task());
            compare(model, golden, "");
            compare(model, golden, "left.");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"t5-legacy"})
    void readsOlderNames(String name) {
        try (BaseModel base = Checkpoints.open(Fixtures.base(name));
                PeftModel model = PeftModel.of(base)) {
            compare(model, Fixtures.golden("bases/" + name.replaceFirst("-.*", "")), "");
        }
    }

    @Test
    void readsACheckpointOfTheBareModel() {
        Golden golden = Fixtures.golden("bases/bart");
        LoadOptions text = LoadOptions.defaults().withTask(TaskType.SEQ_2_SEQ_LM);
        for (LoadOptions options : List.of(LoadOptions.defaults(), text)) {
            try (BaseModel base = Checkpoints.open(Fixtures.base("bart-bare"), options);
                    PeftModel model = PeftModel.of(base)) {
                compareHidden(model, golden, "");
            }
        }
    }

    @Test
    void readsTheConfigOfTransformers4(@TempDir Path directory) throws Exception {
        Fixtures.copy(Fixtures.base("t5-gated"), directory);
        Files.move(
                directory.resolve("config.v4.json"),
                directory.resolve("config.json"),
                StandardCopyOption.REPLACE_EXISTING);
        try (BaseModel base = Checkpoints.open(directory);
                PeftModel model = PeftModel.of(base)) {
            compare(model, Fixtures.golden("bases/t5-gated"), "");
        }
    }

    private static void compare(PeftModel model, Golden golden, String prefix) {
        compareHidden(model, golden, prefix);
        TokenBatch batch = golden.batch(prefix);
        try (Tensor logits = model.logits(NONE, batch)) {
            Compare.close(
                    prefix + "logits",
                    golden.floats(prefix + "logits"),
                    logits.toFloats(),
                    golden.longs(prefix + "decoder_attention_mask"),
                    LIMIT);
        }
        double expected = golden.get(prefix + "loss").single();
        assertEquals(expected, model.loss(NONE, batch).mean(), LIMIT * expected, prefix + "loss");
    }

    private static void compareHidden(PeftModel model, Golden golden, String prefix) {
        try (ForwardContext context = model.open(NONE)) {
            Tensor hidden = model.base().hiddenStates(context, golden.batch(prefix), null);
            Compare.close(
                    prefix + "hidden states",
                    golden.floats(prefix + "hidden_last"),
                    hidden.toFloats(),
                    golden.longs(prefix + "decoder_attention_mask"),
                    LIMIT);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"t5", "t5-gated", "bart", "bart-scaled"})
    void shiftsLabelsAsTransformersDoes(String name) {
        Golden golden = Fixtures.golden("bases/" + name);
        TokenBatch given = golden.batch("");
        List<long[]> labels = rows(given.requireLabels(), given.length()).stream().toList();
        try (BaseModel base = Checkpoints.open(Fixtures.base(name));
                PeftModel model = PeftModel.of(base)) {
            DecoderStart start = base.decoderStart().orElseThrow();
            TokenBatch batch = start.sourceToTarget(given.requireSource(), labels);
            assertArrayEquals(golden.longs("from_labels.decoder_input_ids"), batch.inputIds());
            try (Tensor logits = model.logits(NONE, batch)) {
                Compare.close(
                        "logits",
                        golden.floats("from_labels.logits"),
                        logits.toFloats(),
                        null,
                        LIMIT);
            }
            double expected = golden.get("from_labels.loss").single();
            assertEquals(expected, model.loss(NONE, batch).mean(), LIMIT * expected);
        }
    }

    private static List<long[]> rows(long[] values, int length) {
        return IntStream.range(0, values.length / length)
                .mapToObj(row -> Arrays.copyOfRange(values, row * length, (row + 1) * length))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"t5", "t5-gated", "bart", "bart-scaled"})
    void decodesGreedilyWithAndWithoutACache(String name) {
        Golden golden = Fixtures.golden("bases/" + name);
        try (BaseModel base = Checkpoints.open(Fixtures.base(name));
                PeftModel model = PeftModel.of(base)) {
            model.add("probe", ProbeMethod.at("SelfAttention", "self_attn", "EncDecAttention"));
            AdapterSelection probe = AdapterSelection.of("probe");
            for (String prefix : List.of("generate.", "generate_batch.")) {
                TokenBatch source = golden.batch(prefix);
                long[] expected = golden.longs(prefix + "output_ids");
                float[] logits = golden.floats(prefix + "logits");
                assertArrayEquals(expected, greedy(model, NONE, source, true, logits));
                assertArrayEquals(expected, greedy(model, NONE, source, false, logits));
                assertArrayEquals(expected, greedy(model, probe, source, true, logits));
            }
        }
    }

    /** Decodes as many tokens as there are logits, and compares these. */
    private static long[] greedy(
            PeftModel model,
            AdapterSelection selection,
            TokenBatch source,
            boolean cached,
            float[] expected) {
        BaseModel base = model.base();
        int rows = source.rows();
        int vocabulary = Math.toIntExact(base.info().vocabularySize());
        int steps = expected.length / rows / vocabulary;
        long[] ids = new long[rows * (steps + 1)];
        long startId = base.decoderStart().orElseThrow().startId();
        try (ForwardContext context = model.open(selection);
                DecodingCache cache = base.newCache(rows, steps)) {
            for (int row = 0; row < rows; row++) {
                ids[row * (steps + 1)] = startId;
            }
            for (int step = 0; step < steps; step++) {
                int past = cached ? step : 0;
                int length = step + 1 - past;
                long[] now = new long[rows * length];
                for (int row = 0; row < rows; row++) {
                    System.arraycopy(ids, row * (steps + 1) + past, now, row * length, length);
                }
                TokenBatch batch = new TokenBatch(new SequenceLayout(rows, past, length), now);
                batch = past == 0 ? batch.withSource(source) : batch;
                Tensor hidden = base.hiddenStates(context, batch, cached ? cache : null);
                Tensor last = context.ops().narrow(hidden, 1, length - 1, 1);
                float[] logits = base.logits(context, last, batch).toFloats();
                for (int row = 0; row < rows; row++) {
                    float[] of =
                            Arrays.copyOfRange(logits, row * vocabulary, (row + 1) * vocabulary);
                    int at = (row * steps + step) * vocabulary;
                    Compare.close(
                            "logits of step " + step,
                            Arrays.copyOfRange(expected, at, at + vocabulary),
                            of,
                            null,
                            LIMIT);
                    ids[row * (steps + 1) + step + 1] = largest(of);
                }
            }
        }
        return ids;
    }

    private static int largest(float... values) {
        int best = 0;
        for (int i = 1; i < values.length; i++) {
            best = values[i] > values[best] ? i : best;
        }
        return best;
    }

    @ParameterizedTest
    @ValueSource(strings = {"t5", "bart"})
    void aReorderedCacheGoesOnAsItsRowsWould(String name) {
        Golden golden = Fixtures.golden("bases/" + name);
        TokenBatch source = golden.batch("generate_batch.");
        long[] swapped = new long[source.inputIds().length];
        long[] mask = new long[swapped.length];
        int width = source.length();
        long[] given = golden.longs("generate_batch.attention_mask");
        System.arraycopy(source.inputIds(), width, swapped, 0, width);
        System.arraycopy(source.inputIds(), 0, swapped, width, width);
        System.arraycopy(given, width, mask, 0, width);
        System.arraycopy(given, 0, mask, width, width);
        TokenBatch other = new TokenBatch(new SequenceLayout(2, 0, width, mask), swapped);
        try (BaseModel base = Checkpoints.open(Fixtures.base(name));
                PeftModel model = PeftModel.of(base)) {
            float[] expected = twoSteps(model, other, false);
            Compare.close("logits", expected, twoSteps(model, source, true), null, LIMIT);
        }
    }

    private static float[] twoSteps(PeftModel model, TokenBatch source, boolean swap) {
        BaseModel base = model.base();
        try (ForwardContext context = model.open(NONE);
                DecodingCache cache = base.newCache(2, 4)) {
            long[] first = swap ? new long[] {0, 20, 0, 30} : new long[] {0, 30, 0, 20};
            SequenceLayout start = new SequenceLayout(2, 0, 2);
            base.hiddenStates(context, new TokenBatch(start, first).withSource(source), cache);
            if (swap) {
                cache.reorder(1, 0);
            }
            TokenBatch next = new TokenBatch(new SequenceLayout(2, 2, 1), new long[] {5, 6});
            return base.hiddenStates(context, next, cache).toFloats();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"t5-heads", "bart-heads"})
    void headsAgree(String name) {
        Golden golden = Fixtures.golden("bases/" + name);
        long[] mask = golden.longs("attention_mask");
        for (String side : List.of("", "left.")) {
            TokenBatch batch = golden.batch(side);
            sequenceHead(name, golden, side, batch);
            spanHead(name, golden, side, batch);
            LoadOptions options = LoadOptions.defaults().withTask(TaskType.FEATURE_EXTRACTION);
            try (BaseModel base = Checkpoints.open(Fixtures.base(name), options);
                    PeftModel model = PeftModel.of(base);
                    Tensor hidden = model.logits(NONE, batch)) {
                Compare.close(
                        side + "features",
                        golden.floats(side + "feature.hidden_last"),
                        hidden.toFloats(),
                        side.isEmpty() ? mask : golden.longs(side + "attention_mask"),
                        LIMIT);
            }
        }
    }

    @Test
    void tokensAreClassifiedByT5sEncoderAlone(@TempDir Path directory) {
        Golden golden = Fixtures.golden("bases/t5-heads");
        LoadOptions options = LoadOptions.defaults().withTask(TaskType.TOKEN_CLS);
        try (BaseModel base = Checkpoints.open(Fixtures.base("t5-heads"), options);
                PeftModel model = PeftModel.of(base)) {
            assertTrue(base.points().all().stream().noneMatch(p -> p.path().contains("decoder")));
            tokenHead(model, golden);
            model.writeMerged(directory);
        }
        try (BaseModel base = Checkpoints.open(directory);
                PeftModel model = PeftModel.of(base)) {
            assertEquals(TaskType.TOKEN_CLS, base.info().task());
            tokenHead(model, golden);
        }
    }

    private static void tokenHead(PeftModel model, Golden golden) {
        for (String side : List.of("", "left.")) {
            String at = side + "token_cls.";
            TokenBatch batch = golden.batch(side);
            try (Tensor logits = model.logits(NONE, batch)) {
                long[] mask = golden.longs(side + "attention_mask");
                Compare.close(at, golden.floats(at + "logits"), logits.toFloats(), mask, LIMIT);
            }
            TokenBatch labelled = batch.withLabels(golden.longs(at + "labels"));
            double expected = golden.get(at + "loss").single();
            assertEquals(expected, model.loss(NONE, labelled).mean(), LIMIT, at);
        }
    }

    private static void sequenceHead(String name, Golden golden, String side, TokenBatch batch) {
        String at = side + "seq_cls.";
        try (BaseModel base = Checkpoints.open(Fixtures.base(name));
                PeftModel model = PeftModel.of(base);
                Tensor logits = model.logits(NONE, batch)) {
            assertEquals(TaskType.SEQ_CLS, base.info().task());
            Compare.close(at, golden.floats(at + "logits"), logits.toFloats(), null, LIMIT);
            double expected = golden.get(at + "loss").single();
            TokenBatch labelled = batch.withLabels(golden.longs(at + "labels"));
            assertEquals(expected, model.loss(NONE, labelled).mean(), LIMIT, at);
            assertThrows(PeftException.class, () -> model.logits(NONE, batch.withSource(batch)));
        }
        HeadOptions regression =
                new HeadOptions(TaskType.SEQ_CLS, null, HeadOptions.Problem.REGRESSION, false, 0);
        LoadOptions options = LoadOptions.defaults().withHead(regression);
        try (BaseModel base = Checkpoints.open(Fixtures.base(name), options);
                PeftModel model = PeftModel.of(base)) {
            TokenBatch targets = batch.withTargets(golden.floats(at + "regression.labels"));
            double expected = golden.get(at + "regression.loss").single();
            assertEquals(expected, model.loss(NONE, targets).mean(), LIMIT, at);
        }
    }

    private static void spanHead(String name, Golden golden, String side, TokenBatch batch) {
        String at = side + "question_ans.";
        LoadOptions options = LoadOptions.defaults().withTask(TaskType.QUESTION_ANS);
        try (BaseModel base = Checkpoints.open(Fixtures.base(name), options);
                PeftModel model = PeftModel.of(base);
                Tensor logits = model.logits(NONE, batch)) {
            float[] both = logits.toFloats();
            for (int which = 0; which < 2; which++) {
                float[] of = new float[both.length / 2];
                for (int i = 0; i < of.length; i++) {
                    of[i] = both[2 * i + which];
                }
                Compare.close(
                        at + which,
                        golden.floats(at + (which == 0 ? "start_logits" : "end_logits")),
                        of,
                        golden.longs(side + "attention_mask"),
                        LIMIT);
            }
            long[] first = golden.longs(at + "start_positions");
            long[] last = golden.longs(at + "end_positions");
            long[] spans = new long[2 * first.length];
            for (int row = 0; row < first.length; row++) {
                spans[2 * row] = first[row];
                spans[2 * row + 1] = last[row];
            }
            double expected = golden.get(at + "loss").single();
            assertEquals(expected, model.loss(NONE, batch.withLabels(spans)).mean(), LIMIT, at);
        }
    }

    /** Tokens that a method puts before the source count as if they were in it. */
    @ParameterizedTest
    @ValueSource(strings = {"t5", "bart"})
    void virtualTokensOfTheEncoderActLikeRealOnes(String name) {
        List<long[]> whole =
                List.of(new long[] {3, 20, 30, 11, 12, 13}, new long[] {3, 20, 30, 21});
        List<long[]> rest =
                whole.stream().map(ids -> Arrays.copyOfRange(ids, 3, ids.length)).toList();
        try (BaseModel base = Checkpoints.open(Fixtures.base(name));
                PeftModel model = PeftModel.of(base)) {
            model.add("before", ProbeMethod.before(3L, 20L, 30L));
            AdapterSelection before = AdapterSelection.of("before");
            DecoderStart start = base.decoderStart().orElseThrow();
            List<long[]> targets = List.of(new long[] {40, 41, 42}, new long[] {43, 44, 45});
            TokenBatch real =
                    start.sourceToTarget(TokenBatch.padded(whole, null, 0, false), targets);
            TokenBatch virtual =
                    start.sourceToTarget(TokenBatch.padded(rest, null, 0, false), targets);
            try (Tensor expected = model.logits(NONE, real);
                    Tensor actual = model.logits(before, virtual)) {
                Compare.close(name, expected.toFloats(), actual.toFloats(), null, LIMIT);
            }
            float[] cached = cachedLogits(model, before, virtual);
            try (Tensor expected = model.logits(NONE, real)) {
                Compare.close(name, expected.toFloats(), cached, null, LIMIT);
            }
        }
    }

    /** The logits of a batch whose positions come one after the other through a cache. */
    private static float[] cachedLogits(
            PeftModel model, AdapterSelection selection, TokenBatch batch) {
        BaseModel base = model.base();
        int rows = batch.rows();
        int length = batch.length();
        int vocabulary = Math.toIntExact(base.info().vocabularySize());
        float[] all = new float[rows * length * vocabulary];
        try (ForwardContext context = model.open(selection);
                DecodingCache cache = base.newCache(rows, length)) {
            for (int i = 0; i < length; i++) {
                long[] ids = new long[rows];
                for (int row = 0; row < rows; row++) {
                    ids[row] = batch.inputIds()[row * length + i];
                }
                TokenBatch step = new TokenBatch(new SequenceLayout(rows, cache.length(), 1), ids);
                step = i == 0 ? step.withSource(batch.requireSource()) : step;
                Tensor hidden = base.hiddenStates(context, step, cache);
                long positions = hidden.size(1);
                Tensor last = context.ops().narrow(hidden, 1, positions - 1, 1);
                float[] logits = base.logits(context, last, step).toFloats();
                for (int row = 0; row < rows; row++) {
                    System.arraycopy(
                            logits,
                            row * vocabulary,
                            all,
                            (row * length + i) * vocabulary,
                            vocabulary);
                }
            }
        }
        return all;
    }

    /** Keys and values that a method puts before the decoder's own count like those of tokens. */
    @ParameterizedTest
    @ValueSource(strings = {"t5", "bart"})
    void aPrefixOfTheDecoderActsLikeRealTokens(String name) {
        long[] whole = {0, 20, 30, 11, 12, 13};
        long[] rest = Arrays.copyOfRange(whole, 3, whole.length);
        TokenBatch source = TokenBatch.of(new long[] {50, 51, 52, 53});
        try (BaseModel base = Checkpoints.open(Fixtures.base(name));
                PeftModel model = PeftModel.of(base)) {
            Map<String, AttentionFlow> notes = new HashMap<>();
            model.add("note", new PrefixProbe.PrefixConfig(notes, 0));
            model.add("prefix", new PrefixProbe.PrefixConfig(notes, 3));
            TokenBatch first = TokenBatch.of(Arrays.copyOf(whole, 3)).withSource(source);
            model.logits(AdapterSelection.of("note"), first).close();
            AdapterSelection prefix = AdapterSelection.of("prefix");
            TokenBatch left = TokenBatch.of(rest).withSource(source);
            float[] expected;
            try (Tensor all = model.logits(NONE, TokenBatch.of(whole).withSource(source))) {
                float[] values = all.toFloats();
                expected = Arrays.copyOfRange(values, values.length / 2, values.length);
            }
            try (Tensor actual = model.logits(prefix, left)) {
                Compare.close(name, expected, actual.toFloats(), null, LIMIT);
            }
            Compare.close(name, expected, cachedLogits(model, prefix, left), null, LIMIT);
        }
    }

    /** The modules with weights are those that {@code transformers} has, under the same paths. */
    @ParameterizedTest
    @ValueSource(strings = {"t5", "t5-gated", "bart"})
    void modulesAreThoseOfTransformers(String name) {
        Map<String, Set<String>> paths = new HashMap<>();
        Fixtures.goldenJson("targets")
                .getAsJsonObject("models")
                .getAsJsonObject(name)
                .getAsJsonArray("modules")
                .forEach(
                        module -> {
                            String kind = module.getAsJsonObject().get("class").getAsString();
                            paths.computeIfAbsent(
                                            kind.replaceFirst("^.*(Embedding|Norm)$", "$1"),
                                            k -> new TreeSet<>())
                                    .add(module.getAsJsonObject().get("path").getAsString());
                        });
        try (BaseModel base = Checkpoints.open(Fixtures.base(name))) {
            InjectionPoints points = base.points();
            assertEquals(paths.get("Linear"), new TreeSet<>(points.paths(LinearPoint.class)));
            assertEquals(paths.get("Embedding"), new TreeSet<>(points.paths(EmbeddingPoint.class)));
            assertEquals(paths.get("Norm"), new TreeSet<>(points.paths(NormPoint.class)));
            Set<SublayerPoint.Kind> kinds =
                    points.of(SublayerPoint.class).stream()
                            .map(SublayerPoint::kind)
                            .collect(Collectors.toSet());
            assertEquals(Set.of(SublayerPoint.Kind.values()), kinds);
            assertEquals(
                    List.of(InputPoint.Kind.ENCODER, InputPoint.Kind.DECODER),
                    points.of(InputPoint.class).stream().map(InputPoint::kind).toList());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "t5|feed_forward_proj|\"gated-gated-relu\"|feed_forward_proj",
                "t5|relative_attention_num_buckets|2|relative_attention_num_buckets",
                "t5|relative_attention_max_distance|4|relative_attention_max_distance",
                "t5|layer_norm_epsilon|1|layer_norm_epsilon",
                "t5|dense_act_fn|\"gated-gelu\"|dense_act_fn",
                "t5|dense_act_fn|null|dense_act_fn",
                "t5|is_gated_act|true|encoder.block.0.layer.1.DenseReluDense.wi_0.weight",
                "t5|num_layers|0|num_layers",
                "t5|d_ff|24|encoder.block.0.layer.1.DenseReluDense.wi.weight",
                "t5|num_heads|2|encoder.block.0.layer.0.SelfAttention.q.weight",
                "t5|num_decoder_layers|3|decoder.block.2.layer.0.SelfAttention.q.weight",
                "t5|relative_attention_num_buckets|16|relative_attention_bias.weight",
                "bart|decoder_attention_heads|3|decoder_attention_heads",
                "bart|encoder_layers|null|encoder_layers",
                "bart|activation_function|\"softsign\"|activation_function",
                "bart|decoder_ffn_dim|24|model.decoder.layers.0.fc1.weight",
                "bart|max_position_embeddings|32|model.encoder.embed_positions.weight",
                "bart|vocab_size|95|model.shared.weight",
            })
    void namesWhatIsWrong(
            String name, String field, String value, String named, @TempDir Path directory)
            throws Exception {
        Fixtures.copy(Fixtures.base(name), directory);
        Path file = directory.resolve("config.json");
        JsonObject config = JsonFiles.read(file);
        config.add(field, JsonFiles.parse(file, "{\"value\": " + value + "}").get("value"));
        Files.writeString(file, config.toString());
        BadFileException e =
                assertThrows(BadFileException.class, () -> Checkpoints.open(directory).close());
        assertTrue(String.valueOf(e.getMessage()).contains(named), e::toString);
    }

    @Test
    void aSourceIsNeeded() {
        try (BaseModel base = Checkpoints.open(Fixtures.base("t5"));
                PeftModel model = PeftModel.of(base)) {
            TokenBatch lonely = TokenBatch.of(new long[] {1, 2});
            PeftException e = assertThrows(PeftException.class, () -> model.logits(NONE, lonely));
            assertTrue(String.valueOf(e.getMessage()).contains("withSource"), e::toString);
        }
    }

    @Test
    void positionsEnd() {
        try (BaseModel base = Checkpoints.open(Fixtures.base("bart"));
                PeftModel model = PeftModel.of(base)) {
            List<long[]> target = new ArrayList<>(List.of(new long[] {5}));
            TokenBatch fits = TokenBatch.of(new long[64]);
            DecoderStart start = base.decoderStart().orElseThrow();
            model.logits(NONE, start.sourceToTarget(fits, target)).close();
            TokenBatch beyond = TokenBatch.of(new long[65]);
            PeftException e =
                    assertThrows(
                            PeftException.class,
                            () -> model.logits(NONE, start.sourceToTarget(beyond, target)));
            assertTrue(String.valueOf(e.getMessage()).contains("64"), e::toString);
        }
    }
}
