package org.peft4j.transformers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.inference.Predictor;
import ai.djl.modality.Classifications;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.translate.Batchifier;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.PaddingStackBatchifier;
import ai.djl.translate.TranslateException;
import ai.djl.translate.Translator;
import ai.djl.translate.TranslatorContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.peft4j.core.Adapter;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.Parameter;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TaskType;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.ops.Tensor;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.Tensors;
import org.peft4j.transformers.djl.AdapterTranslator;
import org.peft4j.transformers.djl.GeneratorBlock;
import org.peft4j.transformers.djl.PeftBlock;
import org.peft4j.transformers.djl.ServedModel;
import org.peft4j.transformers.generation.GenerationConfig;
import org.peft4j.transformers.generation.Generator;

/** DJL programs serve a model through {@code Predictor} and {@code Translator}. */
final class ServingTest {

    private static final AdapterSelection NONE = AdapterSelection.none();
    private static final long[] LONG = {5, 17, 40, 3, 99};
    private static final long[] SHORT = {64, 8};

    private BaseModel base;
    private PeftModel model;

    /** A request of a program: some tokens for some tenant. */
    private record Request(long[] ids, @Nullable String tenant) {}

    /** As DJL's own translators: ids and mask of one row each, stacked into a batch. */
    private static final class Ids implements Translator<long[], float[]> {
        @Override
        public NDList processInput(TranslatorContext context, long[] ids) {
            NDManager manager = context.getNDManager();
            return new NDList(
                    manager.create(ids), manager.ones(new Shape(ids.length), DataType.INT64));
        }

        @Override
        public float[] processOutput(TranslatorContext context, NDList output) {
            return output.head().toFloatArray();
        }

        @Override
        public Batchifier getBatchifier() {
            return PaddingStackBatchifier.builder()
                    .optIncludeValidLengths(false)
                    .addPad(0, 0, manager -> manager.zeros(new Shape(1), DataType.INT64))
                    .addPad(1, 0, manager -> manager.zeros(new Shape(1), DataType.INT64))
                    .build();
        }
    }

    @BeforeEach
    void open() {
        LoadOptions classifier =
                LoadOptions.defaults()
                        .withHead(HeadOptions.sequenceClassification("no", "perhaps", "yes"));
        base = Checkpoints.open(Fixtures.base("llama"), classifier);
        model = PeftModel.of(base);
        addHead("one", 0.5f);
        addHead("two", -0.25f);
    }

    @AfterEach
    void close() {
        model.close();
        base.close();
    }

    /** An adapter that is nothing but a head, with known values. */
    private void addHead(String name, float first) {
        Adapter adapter =
                model.add(
                        name, new ProbeMethod.ProbeConfig(List.of(), List.of(), List.of("score")));
        for (Parameter parameter : adapter.parameters()) {
            float[] values = new float[Math.toIntExact(parameter.value().elements())];
            for (int i = 0; i < values.length; i++) {
                values[i] = first * (float) Math.sin(i + first);
            }
            try (Tensor value =
                    base.door().weights().floats(values, parameter.value().shape().getShape())) {
                base.door().updates().assign(parameter.value(), value);
            }
        }
    }

    private float[] alone(@Nullable String name, long... ids) {
        AdapterSelection selection = name == null ? NONE : AdapterSelection.of(name);
        return Tensors.logits(model, selection, TokenBatch.of(ids));
    }

    @Test
    void aBlockGivesTheModelsLogits() throws Exception {
        PeftBlock block = new PeftBlock(model, AdapterSelection.of("one"));
        try (ServedModel served = new ServedModel(block, Fixtures.base("llama"));
                Predictor<long[], float[]> predictor = served.newPredictor(new Ids())) {
            assertArrayEquals(alone("one", LONG), predictor.predict(LONG), 1e-6f);
            List<float[]> both = predictor.batchPredict(List.of(LONG, SHORT));
            assertArrayEquals(alone("one", LONG), both.get(0), 1e-5f);
            assertArrayEquals(alone("one", SHORT), both.get(1), 1e-5f);
        }
        assertTrue(base.door().device().equals(ai.djl.Device.cpu()), "the base stays open");
    }

    @Test
    void eachRequestChoosesItsAdapter() throws Exception {
        PeftBlock block = new PeftBlock(model, NONE, List.of("one", "two"));
        AdapterTranslator<Request, long[], float[]> translator =
                new AdapterTranslator<>(new Ids(), block.adapters(), Request::ids, Request::tenant);
        try (ServedModel served = new ServedModel(block, Fixtures.base("llama"));
                Predictor<Request, float[]> predictor = served.newPredictor(translator)) {
            List<Request> requests =
                    List.of(
                            new Request(LONG, "two"),
                            new Request(SHORT, null),
                            new Request(SHORT, "one"),
                            new Request(LONG, "one"));
            List<float[]> answers = predictor.batchPredict(requests);
            for (int i = 0; i < requests.size(); i++) {
                Request request = requests.get(i);
                assertArrayEquals(alone(request.tenant(), request.ids()), answers.get(i), 1e-5f);
            }
            TranslateException unknown =
                    assertThrows(
                            TranslateException.class,
                            () -> predictor.predict(new Request(LONG, "three")));
            assertTrue(String.valueOf(unknown.getCause()).contains("adapter three"));
        }
    }

    @Test
    void manyThreadsServeOneModel() throws Exception {
        PeftBlock block = new PeftBlock(model, NONE, List.of("one", "two"));
        AdapterTranslator<Request, long[], float[]> translator =
                new AdapterTranslator<>(new Ids(), block.adapters(), Request::ids, Request::tenant);
        float[] one = alone("one", LONG);
        float[] two = alone("two", LONG);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (ServedModel served = new ServedModel(block, Fixtures.base("llama"))) {
            List<Callable<Void>> calls = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                String tenant = i % 2 == 0 ? "one" : "two";
                float[] expected = i % 2 == 0 ? one : two;
                calls.add(
                        () -> {
                            try (Predictor<Request, float[]> predictor =
                                    served.newPredictor(translator)) {
                                for (int n = 0; n < 10; n++) {
                                    assertArrayEquals(
                                            expected,
                                            predictor.predict(new Request(LONG, tenant)),
                                            1e-6f);
                                }
                            }
                            return null;
                        });
            }
            for (Future<Void> done : threads.invokeAll(calls)) {
                done.get();
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void labelsNameTheClasses() {
        assertEquals(List.of("no", "perhaps", "yes"), base.labels());
        assertEquals(TaskType.SEQ_CLS, base.info().task());
        Classifications named = new Classifications(base.labels(), List.of(0.2, 0.3, 0.5));
        assertEquals("yes", named.best().getClassName());
    }

    @Test
    void aGeneratorIsABlockToo() throws Exception {
        try (BaseModel decoder = Checkpoints.open(Fixtures.base("llama"));
                PeftModel texts = PeftModel.of(decoder)) {
            GenerationConfig config = GenerationConfig.of(6);
            Generator generator = new Generator(texts, config);
            GeneratorBlock block = new GeneratorBlock(generator, NONE, List.of());
            List<long[]> expected = generator.generate(NONE, List.of(LONG, SHORT));
            try (ServedModel served = new ServedModel(block, Fixtures.base("llama"));
                    Predictor<NDList, NDList> predictor =
                            served.newPredictor(new NoopTranslator());
                    NDManager manager = served.getNDManager().newSubManager()) {
                NDArray ids =
                        manager.create(
                                new long[] {5, 17, 40, 3, 99, 64, 8, 0, 0, 0}, new Shape(2, 5));
                NDArray mask =
                        manager.create(new long[] {1, 1, 1, 1, 1, 1, 1, 0, 0, 0}, new Shape(2, 5));
                NDList output = predictor.predict(new NDList(ids, mask));
                assertEquals(new Shape(2, 6), output.head().getShape());
                long[] flat = output.head().toLongArray();
                assertArrayEquals(expected.get(0), Arrays.copyOfRange(flat, 0, 6));
                assertArrayEquals(expected.get(1), Arrays.copyOfRange(flat, 6, 12));
            }
        }
    }

    @Test
    void whatDoesNotApplyIsRefused() {
        PeftBlock block = new PeftBlock(model, NONE);
        try (ServedModel served = new ServedModel(block, Fixtures.base("llama"));
                NDManager manager = served.getNDManager().newSubManager()) {
            NDList flat = new NDList(manager.create(LONG));
            ai.djl.training.ParameterStore store =
                    new ai.djl.training.ParameterStore(manager, false);
            PeftException shape =
                    assertThrows(PeftException.class, () -> block.forward(store, flat, false));
            assertTrue(String.valueOf(shape.getMessage()).contains("[rows, length]"));
            assertThrows(
                    UnsupportedOperationException.class, () -> block.forward(store, flat, true));
            assertThrows(
                    UnsupportedOperationException.class,
                    () -> served.save(Fixtures.base("llama"), "x"));
            assertFalse(block.getParameters().size() > 0);
        }
        assertThrows(PeftException.class, () -> new PeftBlock(model, AdapterSelection.of("three")));
    }
}
