package org.peft4j.prompt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.DecodingCache;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.Parameter;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftModel;
import org.peft4j.core.SequenceLayout;
import org.peft4j.core.TaskType;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.ops.Tensor;
import org.peft4j.fixtures.Compare;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.Golden;
import org.peft4j.fixtures.GoldenTensor;
import org.peft4j.fixtures.Tensors;
import org.peft4j.lora.LoraConfig;
import org.peft4j.prompt.prefix.PrefixTuningConfig;
import org.peft4j.transformers.Checkpoints;
import org.peft4j.transformers.LoadOptions;

/** GPT-2 adds the embeddings of token types, in the tasks and rows in which Python's peft does. */
final class TokenTypesTest {

    private static final Golden GOLDEN = Fixtures.golden("token-types");
    private static final TokenBatch BATCH = GOLDEN.batch("");
    private static final AdapterSelection NONE = AdapterSelection.none();

    private static BaseModel open(String task) {
        String name = task.equals("CAUSAL_LM") ? "gpt2" : "gpt2-heads";
        return Checkpoints.open(
                Fixtures.base(name),
                LoadOptions.defaults().withName(name).withTask(TaskType.valueOf(task)));
    }

    /** Some cases have the first row alone. */
    private static void check(String name, PeftModel model, AdapterSelection selection) {
        GoldenTensor golden = GOLDEN.get(name + ".logits");
        TokenBatch batch = golden.size(0) == 1 ? BATCH.withRows(0) : BATCH;
        try (Tensor logits = model.logits(selection, batch)) {
            float[] wanted = golden.floats();
            long[] read = new long[golden.size(0)];
            Arrays.fill(read, 1);
            if (golden.shape().length == 3) {
                read = Objects.requireNonNull(batch.layout().mask());
            }
            Compare.closeWhere(name, read, wanted, logits.toFloats(), 2e-5);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"CAUSAL_LM", "SEQ_CLS", "TOKEN_CLS", "QUESTION_ANS"})
    void aBaseAddsThem(String task) {
        try (BaseModel base = open(task);
                PeftModel model = PeftModel.of(base)) {
            check(task, model, NONE);
        }
    }

    private static PeftConfig config(String method) {
        return switch (method) {
            case "prompt" -> PromptTuningConfig.builder().virtualTokens(3).build();
            case "prefix" -> PrefixTuningConfig.pTuningV2(3);
            default -> LoraConfig.builder().rank(2).targetModules("c_attn").build();
        };
    }

    private static void add(PeftModel model, String task, String method) {
        String names = task + "." + method + ".";
        for (Parameter parameter : model.add(method, config(method), 1).parameters()) {
            String name =
                    parameter.key().equals("prompt_embeddings")
                            ? "prompt_encoder.embedding.weight"
                            : parameter.key();
            if (GOLDEN.contains(names + name)) {
                Tensors.set(model.base().door(), parameter, GOLDEN.floats(names + name));
            }
        }
    }

    /** Causal language models leave them out behind virtual tokens; others do not. */
    @ParameterizedTest
    @CsvSource({
        "CAUSAL_LM,prompt", "CAUSAL_LM,prefix", "CAUSAL_LM,lora",
        "SEQ_CLS,prompt", "SEQ_CLS,prefix", "SEQ_CLS,lora"
    })
    void adaptersSeeThem(String task, String method) {
        try (BaseModel base = open(task);
                PeftModel model = PeftModel.of(base)) {
            add(model, task, method);
            check(task + "." + method, model, AdapterSelection.of(method));
        }
    }

    @Test
    void rowsOfAMixtureAreAsAlone() {
        try (BaseModel base = open("CAUSAL_LM");
                PeftModel model = PeftModel.of(base)) {
            List<AdapterSelection> rows = new ArrayList<>(List.of(NONE));
            for (String method : List.of("prompt", "prefix", "lora")) {
                add(model, "CAUSAL_LM", method);
                rows.add(AdapterSelection.of(method));
            }
            TokenBatch batch = BATCH.withRows(0, 0, 0, 0);
            float[] together = Tensors.logits(model, AdapterSelection.perRow(rows), batch);
            int width = together.length / rows.size();
            for (int row = 0; row < rows.size(); row++) {
                float[] alone = Tensors.logits(model, rows.get(row), BATCH.withRows(0));
                float[] own = Arrays.copyOfRange(together, row * width, (row + 1) * width);
                Compare.close("row " + row, alone, own, 2e-5);
            }
        }
    }

    /** What is generated has the type of the last token, as in transformers. */
    @Test
    void aCacheContinuesThem() {
        long[] wanted = GOLDEN.longs("generated");
        TokenBatch text = BATCH.withRows(0);
        long[] types = Objects.requireNonNull(text.tokenTypeIds());
        List<Long> written = new ArrayList<>();
        try (BaseModel base = open("CAUSAL_LM");
                PeftModel model = PeftModel.of(base);
                ForwardContext context = model.open(NONE);
                DecodingCache cache = base.newCache(1, text.length() + wanted.length)) {
            TokenBatch next = text;
            while (written.size() < wanted.length) {
                Tensor hidden = base.hiddenStates(context, next, cache);
                Tensor last = context.ops().narrow(hidden, 1, hidden.size(1) - 1, 1);
                long best = best(base.logits(context, last, next).toFloats());
                written.add(best);
                next =
                        new TokenBatch(new SequenceLayout(1, cache.length(), 1), new long[] {best})
                                .withTokenTypeIds(types[types.length - 1]);
            }
        }
        assertEquals(Arrays.stream(wanted).boxed().toList(), written);
    }

    private static long best(float[] scores) {
        int best = 0;
        for (int i = 1; i < scores.length; i++) {
            best = scores[i] > scores[best] ? i : best;
        }
        return best;
    }

    static Stream<String> deaf() {
        return Stream.of(
                "llama",
                "mistral",
                "qwen2",
                "qwen3",
                "gemma",
                "gemma2",
                "phi3",
                "gpt-neox",
                "opt",
                "t5",
                "bart",
                "distilbert");
    }

    /** Models without types say so, of an encoder-decoder both sides. */
    @ParameterizedTest
    @MethodSource("deaf")
    void othersRefuseThem(String name) {
        try (BaseModel base = Checkpoints.open(Fixtures.base(name));
                PeftModel model = PeftModel.of(base)) {
            TokenBatch plain = TokenBatch.of(new long[] {5, 6, 7});
            TokenBatch typed = plain.withTokenTypeIds(0, 0, 1);
            boolean reads = base.decoderStart().isPresent();
            requireRefusal(model, reads ? typed.withSource(plain) : typed);
            if (reads) {
                requireRefusal(model, plain.withSource(typed));
            }
        }
    }

    private static void requireRefusal(PeftModel model, TokenBatch batch) {
        requireRefusal(model, batch, "has token types");
    }

    private static void requireRefusal(PeftModel model, TokenBatch batch, String because) {
        PeftException refusal =
                assertThrows(PeftException.class, () -> model.logits(NONE, batch).close());
        String message = String.valueOf(refusal.getMessage());
        assertTrue(message.contains(because), message);
    }

    @Test
    void aTypeBeyondTheVocabularyIsNamed() {
        try (BaseModel base = open("CAUSAL_LM");
                PeftModel model = PeftModel.of(base)) {
            TokenBatch batch = TokenBatch.of(new long[] {5, 6}).withTokenTypeIds(1, 96);
            requireRefusal(model, batch, "token type 96 at position 1");
        }
    }
}
