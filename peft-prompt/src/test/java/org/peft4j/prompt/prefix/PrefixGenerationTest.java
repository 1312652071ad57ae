package org.peft4j.prompt.prefix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftModel;
import org.peft4j.fixtures.AdapterFixture;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.prompt.Bases;
import org.peft4j.transformers.generation.GeneratedSequence;
import org.peft4j.transformers.generation.GenerationConfig;
import org.peft4j.transformers.generation.GenerationRequest;
import org.peft4j.transformers.generation.Generator;

/** With a prefix, a cache and left padding, the tokens are those of Python's peft. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PrefixGenerationTest {

    private static final JsonObject GOLDEN = Fixtures.goldenJson("prefix-generation");

    List<String> adapters() {
        return cases().stream().map(c -> c.get("adapter").getAsString()).toList();
    }

    private static List<JsonObject> cases() {
        return GOLDEN.getAsJsonArray("cases").asList().stream()
                .map(JsonElement::getAsJsonObject)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("adapters")
    void generatesWhatPythonDoes(String name) {
        JsonObject wanted =
                cases().stream()
                        .filter(c -> c.get("adapter").getAsString().equals(name))
                        .findFirst()
                        .orElseThrow();
        AdapterFixture fixture = new AdapterFixture(name);
        try (BaseModel base = Bases.open(fixture);
                PeftModel model = PeftModel.of(base)) {
            model.load("default", fixture.directory());
            check(model, wanted, "greedy", 1);
            check(model, wanted, "beams", GOLDEN.get("num_beams").getAsInt());
        }
    }

    /** Rows without a prefix, and with prefixes of different lengths. */
    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt2", "gemma2", "opt"})
    void eachRowGeneratesUnderItsOwnPrefix(String name) {
        List<long[]> prompts =
                List.of(new long[] {5, 9, 20}, new long[] {7}, new long[] {5, 9, 20, 31});
        List<AdapterSelection> rows =
                List.of(
                        AdapterSelection.of("short"),
                        AdapterSelection.none(),
                        AdapterSelection.of("long"));
        try (BaseModel base = Bases.open(name);
                PeftModel model = PeftModel.of(base)) {
            model.add("short", PrefixTuningConfig.pTuningV2(2), 1);
            model.add("long", PrefixTuningConfig.pTuningV2(5), 2);
            for (int beams : new int[] {1, 3}) {
                Generator generator =
                        new Generator(
                                model,
                                GenerationConfig.builder()
                                        .maxNewTokens(8)
                                        .endIds(List.of())
                                        .numBeams(beams)
                                        .build());
                List<GeneratedSequence> together =
                        generator.run(GenerationRequest.of(AdapterSelection.perRow(rows), prompts));
                for (int row = 0; row < rows.size(); row++) {
                    GeneratedSequence alone =
                            generator
                                    .run(
                                            GenerationRequest.of(
                                                    rows.get(row), List.of(prompts.get(row))))
                                    .get(0);
                    assertArrayEquals(alone.ids(), together.get(row).ids(), name + " " + row);
                }
            }
        }
    }

    private static void check(PeftModel model, JsonObject wanted, String mode, int beams) {
        int count = GOLDEN.get("new_tokens").getAsInt();
        GenerationConfig config =
                GenerationConfig.builder()
                        .maxNewTokens(count)
                        .endIds(List.of())
                        .numBeams(beams)
                        .build();
        List<long[]> generated = new ArrayList<>();
        new Generator(model, config)
                .run(GenerationRequest.of(AdapterSelection.of("default"), prompts(wanted)))
                .forEach(sequence -> generated.add(sequence.ids()));
        List<List<Long>> expected = new ArrayList<>();
        for (long[] row : rows(wanted.getAsJsonArray(mode))) {
            expected.add(Arrays.stream(row, row.length - count, row.length).boxed().toList());
        }
        assertEquals(
                expected,
                generated.stream().map(ids -> Arrays.stream(ids).boxed().toList()).toList(),
                mode);
    }

    /** Without the padding. */
    private static List<long[]> prompts(JsonObject wanted) {
        List<long[]> ids = rows(wanted.getAsJsonArray("input_ids"));
        List<long[]> masks = rows(wanted.getAsJsonArray("attention_mask"));
        List<long[]> prompts = new ArrayList<>();
        for (int row = 0; row < ids.size(); row++) {
            long[] all = ids.get(row);
            long[] mask = masks.get(row);
            prompts.add(
                    IntStream.range(0, all.length)
                            .filter(i -> mask[i] == 1)
                            .mapToLong(i -> all[i])
                            .toArray());
        }
        return prompts;
    }

    private static List<long[]> rows(JsonArray array) {
        return array.asList().stream()
                .map(
                        row ->
                                row.getAsJsonArray().asList().stream()
                                        .mapToLong(JsonElement::getAsLong)
                                        .toArray())
                .toList();
    }
}
