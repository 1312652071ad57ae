package org.peft4j.prompt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftModel;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.transformers.generation.GenerationConfig;
import org.peft4j.transformers.generation.Generator;

/** What Python generates with prompts, greedily and with beams, this library does too. */
public final class PromptGeneration {

    private PromptGeneration() {}

    /**
     * Generates from a saved adapter and compares token for token.
     *
     * @param golden the file that holds the cases
     * @param number which of them
     */
    public static void check(String golden, int number) {
        JsonObject all = Fixtures.goldenJson(golden);
        JsonObject one = all.getAsJsonArray("cases").get(number).getAsJsonObject();
        int count = all.get("new_tokens").getAsInt();
        try (BaseModel base = Bases.open(one.get("base").getAsString());
                PeftModel model = PeftModel.of(base)) {
            model.load("a", Fixtures.adapter(one.get("adapter").getAsString()));
            AdapterSelection a = AdapterSelection.of("a");
            List<long[]> prompts = rows(one.getAsJsonArray("input_ids"));
            GenerationConfig greedy = GenerationConfig.of(count);
            GenerationConfig beams =
                    greedy.toBuilder().numBeams(all.get("num_beams").getAsInt()).build();
            assertSame(
                    texts(one.getAsJsonArray("greedy"), count),
                    new Generator(model, greedy).generate(a, prompts));
            assertSame(
                    texts(one.getAsJsonArray("beams"), count),
                    new Generator(model, beams).generate(a, prompts));
        }
    }

    private static List<long[]> rows(JsonArray array) {
        List<long[]> rows = new ArrayList<>();
        for (JsonElement row : array) {
            rows.add(
                    row.getAsJsonArray().asList().stream()
                            .mapToLong(JsonElement::getAsLong)
                            .toArray());
        }
        return rows;
    }

    /** What Python returns begins with the start token of a decoder behind an encoder. */
    private static List<long[]> texts(JsonArray array, int count) {
        return rows(array).stream()
                .map(row -> Arrays.copyOfRange(row, row.length - count, row.length))
                .toList();
    }

    static void assertSame(List<long[]> expected, List<long[]> actual) {
        assertArrayEquals(expected.toArray(long[][]::new), actual.toArray(long[][]::new));
    }
}
