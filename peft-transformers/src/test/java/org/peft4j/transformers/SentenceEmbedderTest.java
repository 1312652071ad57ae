package org.peft4j.transformers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.ops.Tensor;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.transformers.embedding.EmbeddingConfig;
import org.peft4j.transformers.embedding.PoolingMode;
import org.peft4j.transformers.embedding.SentenceEmbedder;
import org.peft4j.transformers.text.TextPair;
import org.peft4j.transformers.text.Tokenizer;

/** Texts become vectors, and pairs of texts rows, with a tokenizer of ten words. */
final class SentenceEmbedderTest {

    private static final List<String> TEXTS = List.of("a", "d e f g h", "b c", "h g f e d c b a");

    @TempDir Path folder;

    /** BERT's kind of tokenizer: [CLS] a … [SEP] b … [SEP]. */
    @BeforeEach
    void writeTokenizer() throws IOException {
        Fixtures.copy(Fixtures.base("bert"), folder);
        Map<String, Integer> words = new TreeMap<>(Map.of("[PAD]", 0, "[CLS]", 1, "[SEP]", 2));
        for (int i = 0; i < 8; i++) {
            words.put(String.valueOf((char) ('a' + i)), 10 + i);
        }
        StringBuilder vocabulary = new StringBuilder();
        words.forEach(
                (word, id) ->
                        vocabulary
                                .append(vocabulary.isEmpty() ? "" : ",")
                                .append("\"" + word + "\":" + id));
        Files.writeString(
                folder.resolve("tokenizer.json"),
                """
                {"version": "1.0", "truncation": null, "padding": null, "normalizer": null,
                 "decoder": null, "added_tokens": [],
                 "pre_tokenizer": {"type": "Whitespace"},
                 "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 2], "cls": ["[CLS]", 1]},
                 "model": {"type": "WordLevel", "unk_token": "[PAD]", "vocab": {%s}}}
                """
                        .formatted(vocabulary));
    }

    @Test
    void embedsEachTextAsIfAlone() {
        EmbeddingConfig config = EmbeddingConfig.read(folder);
        try (BaseModel base = Checkpoints.open(folder);
                Tokenizer tokenizer = Tokenizer.open(folder);
                PeftModel model = PeftModel.of(base)) {
            model.add("probe", ProbeMethod.at(""));
            SentenceEmbedder embedder = new SentenceEmbedder(model, tokenizer, config, 3);
            AdapterSelection probe = AdapterSelection.of("probe");
            for (AdapterSelection selection : List.of(AdapterSelection.none(), probe)) {
                float[][] vectors = embedder.embed(selection, TEXTS);
                assertEquals(TEXTS.size(), vectors.length);
                for (int i = 0; i < vectors.length; i++) {
                    long[] ids = tokenizer.encode(TEXTS.get(i));
                    assertArrayEquals(mean(model, ids, 0), vectors[i], 1e-5f, TEXTS.get(i));
                }
            }
            assertArrayEquals(mean(model, tokenizer.encode("a"), 0), embedder.embed("a"), 1e-5f);
            assertEquals(0, embedder.embed(probe, List.of()).length);
        }
    }

    @Test
    void normalizesAndJoinsAndCuts() {
        EmbeddingConfig config =
                new EmbeddingConfig(
                        folder, List.of(PoolingMode.CLS, PoolingMode.MAX), true, 4, false, "b ");
        try (BaseModel base = Checkpoints.open(folder);
                Tokenizer tokenizer = Tokenizer.open(folder);
                PeftModel model = PeftModel.of(base)) {
            SentenceEmbedder embedder = SentenceEmbedder.of(model, tokenizer, config);
            float[] vector = embedder.embed("c d e");
            assertEquals(embedder.width(), vector.length);
            double squares = 0;
            for (float value : vector) {
                squares += value * value;
            }
            assertEquals(1, squares, 1e-6);
            assertArrayEquals(vector, embedder.embed("c"), 1e-6f);
        }
    }

    /** The tokens that an adapter puts before a text are read, not pooled. */
    @Test
    void virtualTokensAreNotPooled() {
        EmbeddingConfig config = EmbeddingConfig.mean(folder);
        try (BaseModel base = Checkpoints.open(folder);
                Tokenizer tokenizer = Tokenizer.open(folder);
                PeftModel model = PeftModel.of(base)) {
            model.add("before", ProbeMethod.before(12L, 13L));
            SentenceEmbedder embedder = SentenceEmbedder.of(model, tokenizer, config);
            long[] ids = tokenizer.encode("d e");
            long[] whole = new long[ids.length + 2];
            whole[0] = 12;
            whole[1] = 13;
            System.arraycopy(ids, 0, whole, 2, ids.length);
            float[][] vectors = embedder.embed(AdapterSelection.of("before"), List.of("d e", "a"));
            assertArrayEquals(mean(model, whole, 2), vectors[0], 1e-5f);
            String tooLong = "d ".repeat(base.info().maxPositions());
            float[][] cut = embedder.embed(AdapterSelection.of("before"), List.of(tooLong));
            assertEquals(embedder.width(), cut[0].length);
        }
    }

    private static float[] mean(PeftModel model, long[] ids, int from) {
        try (Tensor hidden = model.logits(AdapterSelection.none(), TokenBatch.of(ids))) {
            float[] states = hidden.toFloats();
            int width = states.length / ids.length;
            float[] mean = new float[width];
            for (int i = from * width; i < states.length; i++) {
                mean[i % width] += states[i] / (ids.length - from);
            }
            return mean;
        }
    }

    @Test
    void pairsHaveTypesAndLoseTheEndOfTheLonger() {
        try (Tokenizer tokenizer = Tokenizer.open(folder)) {
            TextPair whole = tokenizer.encodePair("a b c d", "e f", 20);
            assertArrayEquals(new long[] {1, 10, 11, 12, 13, 2, 14, 15, 2}, whole.ids());
            assertArrayEquals(new long[] {0, 0, 0, 0, 0, 0, 1, 1, 1}, whole.types());
            TextPair cut = tokenizer.encodePair("a b c d", "e f", 6);
            assertArrayEquals(new long[] {1, 10, 11, 2, 14, 2}, cut.ids());
            assertArrayEquals(new long[] {0, 0, 0, 0, 1, 1}, cut.types());
            assertEquals(cut, tokenizer.encodePair("a b c d", "e f", 6));
            Refused.because("special tokens", () -> tokenizer.encodePair("a", "b", 2));
            assertEquals(3, Arrays.stream(tokenizer.encode("a")).count());
        }
    }
}
