package org.peft4j.transformers.generation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftModel;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.transformers.Checkpoints;

/** Texts and scores are those of {@code transformers}, token for token. */
final class DecodingTest {

    @ParameterizedTest
    @ValueSource(strings = {"llama", "mistral", "qwen2"})
    void generatesWhatTransformersGenerates(String name) {
        int cases = 0;
        try (BaseModel base = Checkpoints.open(Fixtures.base(name));
                PeftModel model = PeftModel.of(base)) {
            for (JsonElement golden : Fixtures.goldenJson("decoding").getAsJsonArray("cases")) {
                if (golden.getAsJsonObject().get("base").getAsString().equals(name)) {
                    check(model, golden.getAsJsonObject());
                    cases++;
                }
            }
        }
        assertEquals(name.equals("llama") ? 34 : 17, cases);
    }

    @Test
    void followsWhatElseChangesScores() {
        int cases = 0;
        try (BaseModel base = Checkpoints.open(Fixtures.base("llama"));
                PeftModel model = PeftModel.of(base)) {
            for (JsonElement golden :
                    Fixtures.goldenJson("generation-settings").getAsJsonArray("cases")) {
                check(model, golden.getAsJsonObject());
                cases++;
            }
        }
        assertEquals(26, cases);
    }

    private static void check(PeftModel model, JsonObject golden) {
        String name = golden.get("name").getAsString();
        GenerationConfig config = config(golden.getAsJsonObject("options"));
        List<long[]> prompts = rows(golden.getAsJsonArray("prompts"));
        List<long[]> texts = rows(golden.getAsJsonArray("texts"));
        JsonArray scores = golden.getAsJsonArray("scores");
        List<GeneratedSequence> generated =
                new Generator(model, config)
                        .run(GenerationRequest.of(AdapterSelection.none(), prompts));
        assertEquals(texts.size(), generated.size(), name);
        for (int i = 0; i < texts.size(); i++) {
            GeneratedSequence actual = generated.get(i);
            long[] expected = texts.get(i);
            assertArrayEquals(expected, actual.ids(), name + " text " + i);
            assertEquals(i / config.returnSequences(), actual.prompt());
            boolean ended = config.endIds().contains(expected[expected.length - 1]);
            assertEquals(
                    ended ? FinishReason.END_TOKEN : FinishReason.LENGTH, actual.reason(), name);
            assertEquals(scores.get(i).getAsDouble(), actual.score(), 1e-4, name + " score " + i);
        }
    }

    static GenerationConfig config(JsonObject options) {
        return GenerationConfigReader.read(Path.of("generation_config.json"), options);
    }

    static List<long[]> rows(JsonArray rows) {
        List<long[]> all = new ArrayList<>();
        for (JsonElement row : rows) {
            LongStream.Builder ids = LongStream.builder();
            row.getAsJsonArray().forEach(id -> ids.add(id.getAsLong()));
            all.add(ids.build().toArray());
        }
        return all;
    }
}
