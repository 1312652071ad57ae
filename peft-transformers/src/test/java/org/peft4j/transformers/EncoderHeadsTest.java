package org.peft4j.transformers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.peft4j.core.Adapter;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TaskType;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.WeightOverlay;
import org.peft4j.core.files.JsonFiles;
import org.peft4j.core.files.SafetensorsFile;
import org.peft4j.core.files.SafetensorsWriter;
import org.peft4j.core.files.TensorSource;
import org.peft4j.core.ops.Tensor;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.Golden;
import org.peft4j.transformers.HeadOptions.Problem;

/** The heads of encoders compute what those of {@code transformers} compute. */
final class EncoderHeadsTest {

    private static final AdapterSelection NONE = AdapterSelection.none();
    private static final String[] LABELS = {"negative", "neutral", "positive"};

    private static final List<long[]> ROWS =
            List.of(new long[] {4, 20, 30, 11}, new long[] {5, 21});

    @TempDir Path folder;

    private static BaseModel open(String name, HeadOptions head) {
        return Checkpoints.open(Fixtures.base(name), LoadOptions.defaults().withHead(head));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert-heads", "roberta-heads", "distilbert-heads"})
    void sequenceClassification(String name) {
        Golden golden = Fixtures.golden("bases/" + name);
        HeadOptions regression =
                new HeadOptions(TaskType.SEQ_CLS, List.of(LABELS), Problem.REGRESSION, false, 0);
        for (String side : List.of("", "left.")) {
            TokenBatch batch = golden.batch(side);
            String task = side + "seq_cls.";
            TokenBatch labelled = batch.withLabels(golden.longs(task + "labels"));
            check(name, HeadOptions.of(TaskType.SEQ_CLS), labelled, task);
            String many = task + "multi_label.";
            check(
                    name,
                    HeadOptions.multiLabelClassification(LABELS),
                    batch.withTargets(golden.floats(many + "labels")),
                    many);
            String numbers = task + "regression.";
            check(name, regression, batch.withTargets(golden.floats(numbers + "labels")), numbers);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert-heads", "roberta-heads", "distilbert-heads"})
    void tokenClassification(String name) {
        Golden golden = Fixtures.golden("bases/" + name);
        for (String side : List.of("", "left.")) {
            String task = side + "token_cls.";
            TokenBatch batch = golden.batch(side).withLabels(golden.longs(task + "labels"));
            check(name, HeadOptions.of(TaskType.TOKEN_CLS), batch, task);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert-heads", "roberta-heads", "distilbert-heads"})
    void questionAnswering(String name) {
        Golden golden = Fixtures.golden("bases/" + name);
        for (String side : List.of("", "left.")) {
            String task = side + "question_ans.";
            long[] starts = golden.longs(task + "start_positions");
            long[] ends = golden.longs(task + "end_positions");
            TokenBatch batch = golden.batch(side).withLabels(interleaved(starts, ends));
            try (BaseModel base = open(name, HeadOptions.of(TaskType.QUESTION_ANS));
                    PeftModel model = PeftModel.of(base);
                    Tensor logits = model.logits(NONE, batch)) {
                float[] expected =
                        interleaved(
                                golden.floats(task + "start_logits"),
                                golden.floats(task + "end_logits"));
                long[] mask = golden.longs(side + "attention_mask");
                Compare.close(task, expected, logits.toFloats(), mask, 1e-5);
                double loss = model.loss(NONE, batch).mean();
                assertEquals(golden.get(task + "loss").single(), loss, 1e-5, task);
            }
        }
    }

    private static long[] interleaved(long[] first, long[] second) {
        long[] both = new long[2 * first.length];
        for (int i = 0; i < first.length; i++) {
            both[2 * i] = first[i];
            both[2 * i + 1] = second[i];
        }
        return both;
    }

    private static float[] interleaved(float[] first, float[] second) {
        float[] both = new float[2 * first.length];
        for (int i = 0; i < first.length; i++) {
            both[2 * i] = first[i];
            both[2 * i + 1] = second[i];
        }
        return both;
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert-heads", "roberta-heads", "distilbert-heads"})
    void hiddenStates(String name) {
        Golden golden = Fixtures.golden("bases/" + name);
        try (BaseModel base = open(name, HeadOptions.of(TaskType.FEATURE_EXTRACTION));
                PeftModel model = PeftModel.of(base);
                Tensor hidden = model.logits(NONE, golden.batch(""))) {
            Compare.close(
                    name,
                    golden.floats("feature.hidden_last"),
                    hidden.toFloats(),
                    golden.longs("attention_mask"),
                    1e-5);
        }
    }

    @Test
    void oneLabelIsARegression() {
        Golden golden = Fixtures.golden("bases/bert-regression");
        TokenBatch batch = golden.batch("").withTargets(golden.floats("seq_cls.labels"));
        check("bert-regression", HeadOptions.of(TaskType.SEQ_CLS), batch, "seq_cls.");
    }

    /** Compares logits and loss; one set of logits has several losses. */
    private static void check(String name, HeadOptions head, TokenBatch batch, String task) {
        Golden golden = Fixtures.golden("bases/" + name);
        String logitsName =
                golden.contains(task + "logits")
                        ? task + "logits"
                        : task.replaceFirst("(multi_label|regression)\\.$", "logits");
        long[] mask = batch.layout().mask();
        boolean perToken = golden.get(logitsName).shape().length == 3;
        try (BaseModel base = open(name, head);
                PeftModel model = PeftModel.of(base);
                Tensor logits = model.logits(NONE, batch)) {
            Compare.close(
                    name + " " + task,
                    golden.floats(logitsName),
                    logits.toFloats(),
                    perToken ? mask : null,
                    1e-5);
            double loss = model.loss(NONE, batch).mean();
            assertEquals(golden.get(task + "loss").single(), loss, 1e-5, name + " " + task);
        }
    }

    /** Fresh modules are nowhere but in the adapter, so all of them must be there. */
    @ParameterizedTest
    @CsvSource({
        "bert, classifier",
        "roberta, classifier.dense classifier.out_proj",
        "distilbert, pre_classifier classifier"
    })
    void anAdapterHoldsTheHead(String name, String modules) {
        assertEquals(keysOf(modules), trained(Fixtures.base(name)));
    }

    @Test
    void anAdapterHoldsAFreshPooler() {
        assertEquals(keysOf("bert.pooler.dense classifier"), trained(withoutPooler()));
    }

    private static Set<String> keysOf(String modules) {
        Set<String> keys = new TreeSet<>();
        for (String module : modules.split(" ", -1)) {
            keys.add("base_model.model." + module + ".weight");
            keys.add("base_model.model." + module + ".bias");
        }
        return keys;
    }

    private static Set<String> trained(Path checkpoint) {
        try (BaseModel base = Checkpoints.open(checkpoint, twoClasses());
                PeftModel model = PeftModel.of(base)) {
            Set<String> keys = new TreeSet<>();
            Adapter adapter = model.add("head", head(base));
            adapter.parameters().forEach(parameter -> keys.add(parameter.key()));
            return keys;
        }
    }

    private static ProbeMethod.ProbeConfig head(BaseModel base) {
        return new ProbeMethod.ProbeConfig(List.of(), List.of(), base.headModules());
    }

    private static LoadOptions twoClasses() {
        return LoadOptions.defaults().withHead(HeadOptions.sequenceClassification("no", "yes"));
    }

    /** The bert fixture as a checkpoint of masked language modelling would leave it. */
    private Path withoutPooler() {
        Path copy = Fixtures.copy(Fixtures.base("bert"), folder);
        Path weights = copy.resolve("model.safetensors");
        SafetensorsFile file =
                SafetensorsFile.open(Fixtures.base("bert").resolve("model.safetensors"));
        List<TensorSource> kept =
                file.entries().values().stream()
                        .filter(entry -> !entry.name().startsWith("pooler."))
                        .map(entry -> TensorSource.copyOf(file, entry))
                        .toList();
        SafetensorsWriter.write(weights, kept);
        return copy;
    }

    /** Fresh modules are written too, under a config that says what they are. */
    @ParameterizedTest
    @ValueSource(strings = {"bert", "roberta", "distilbert", "without pooler", "bert-legacy"})
    void aFreshHeadIsWrittenWithTheBase(String name) {
        Path checkpoint = name.equals("without pooler") ? withoutPooler() : Fixtures.base(name);
        Path written = folder.resolve("written");
        TokenBatch batch = TokenBatch.padded(ROWS, null, 0, false);
        try (BaseModel base = Checkpoints.open(checkpoint, twoClasses());
                PeftModel model = PeftModel.of(base)) {
            model.add("head", head(base));
            model.writeMerged(written, "head");
            try (BaseModel again = Checkpoints.open(written);
                    PeftModel copy = PeftModel.of(again);
                    Tensor expected = model.logits(NONE, batch);
                    Tensor actual = copy.logits(NONE, batch)) {
                assertEquals(base.info().parameters(), again.info().parameters());
                assertArrayEquals(expected.toFloats(), actual.toFloats());
            }
        }
    }

    /** Its class in transformers makes as many logits as the config has labels. */
    @Test
    void aSpanHeadIsWrittenWithoutTheLabelsOfAnotherTask() {
        Path written = folder.resolve("written");
        try (BaseModel base = open("bert-heads", HeadOptions.of(TaskType.QUESTION_ANS))) {
            base.write(written, WeightOverlay.NONE);
        }
        JsonObject config = JsonFiles.read(written.resolve("config.json"));
        assertFalse(config.has("id2label"));
        assertEquals(
                "BertForQuestionAnswering",
                config.getAsJsonArray("architectures").get(0).getAsString());
    }
}
