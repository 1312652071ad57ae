package org.peft4j.transformers.generation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftModel;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.Golden;
import org.peft4j.transformers.Checkpoints;

/** What encoder-decoders write is what they write in {@code transformers}, token for token. */
final class EncoderDecoderGenerationTest {

    private static final AdapterSelection NONE = AdapterSelection.none();

    @ParameterizedTest
    @ValueSource(strings = {"t5", "t5-gated", "bart", "bart-scaled"})
    void greedily(String name) {
        Golden golden = Fixtures.golden("bases/" + name);
        try (BaseModel base = Checkpoints.open(Fixtures.base(name));
                PeftModel model = PeftModel.of(base)) {
            for (String prefix : List.of("generate.", "generate_batch.")) {
                List<long[]> sources =
                        rows(golden, prefix + "input_ids", prefix + "attention_mask");
                long[] expected = golden.longs(prefix + "output_ids");
                int length = expected.length / sources.size();
                Generator generator = Generator.greedy(model, GenerationConfig.of(length - 1));
                List<long[]> texts = generator.generate(NONE, sources);
                for (int row = 0; row < texts.size(); row++) {
                    assertArrayEquals(
                            Arrays.copyOfRange(expected, row * length + 1, (row + 1) * length),
                            texts.get(row));
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"t5", "t5-gated", "bart", "bart-scaled"})
    void underManySettings(String name) {
        Golden golden = Fixtures.golden("generation/" + name);
        JsonObject facts = Fixtures.goldenJson("generation");
        int most = facts.get("max_new_tokens").getAsInt();
        JsonObject cases = facts.getAsJsonObject("models").getAsJsonObject(name);
        assertTrue(cases.size() >= 2);
        try (BaseModel base = Checkpoints.open(Fixtures.base(name));
                PeftModel model = PeftModel.of(base)) {
            for (Map.Entry<String, JsonElement> one : cases.entrySet()) {
                JsonObject options = one.getValue().getAsJsonObject().deepCopy();
                options.addProperty("max_new_tokens", most);
                options.addProperty("pad_token_id", base.decoderStart().orElseThrow().padId());
                check(model, golden, one.getKey(), options);
            }
        }
    }

    private static void check(PeftModel model, Golden golden, String name, JsonObject options) {
        String at = name + ".";
        if (golden.contains(at + "eos_token_id")) {
            options.addProperty("eos_token_id", golden.longs(at + "eos_token_id")[0]);
        }
        GenerationConfig config =
                GenerationConfigReader.read(Path.of("generation_config.json"), options);
        List<long[]> sources = rows(golden, at + "input_ids", at + "attention_mask");
        List<GeneratedSequence> texts =
                new Generator(model, config).run(GenerationRequest.of(NONE, sources));
        long[] expected = golden.longs(at + "output_ids");
        int length = golden.get(at + "output_ids").size(1);
        assertEquals(expected.length / length, texts.size(), name);
        for (int i = 0; i < texts.size(); i++) {
            long[] ids = texts.get(i).ids();
            long[] row = Arrays.copyOfRange(expected, i * length + 1, (i + 1) * length);
            assertArrayEquals(Arrays.copyOf(row, ids.length), ids, name + " text " + i);
            for (int j = ids.length; j < row.length; j++) {
                boolean filled = row[j] == config.padId() || config.endIds().contains(row[j]);
                assertTrue(filled, name + " text " + i + " is too short");
                assertTrue(config.endIds().contains(ids[ids.length - 1]), name);
            }
            if (golden.contains(at + "scores")) {
                assertEquals(golden.floats(at + "scores")[i], texts.get(i).score(), 1e-4, name);
            }
        }
    }

    private static List<long[]> rows(Golden golden, String ids, String mask) {
        long[] values = golden.longs(ids);
        long[] tokens = golden.longs(mask);
        int length = golden.get(ids).size(1);
        List<long[]> rows = new ArrayList<>();
        for (int from = 0; from < values.length; from += length) {
            int count = (int) Arrays.stream(tokens, from, from + length).sum();
            rows.add(Arrays.copyOfRange(values, from, from + count));
        }
        return rows;
    }
}
