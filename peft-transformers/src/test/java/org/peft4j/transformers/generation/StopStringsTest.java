package org.peft4j.transformers.generation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftModel;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.transformers.Checkpoints;
import org.peft4j.transformers.generation.logits.TokenSequence;
import org.peft4j.transformers.text.Tokenizer;

/** Strings end a text with the token that {@code transformers} ends it with. */
final class StopStringsTest {

    private static final long[] PROMPT = {5, 9, 20};

    @Test
    void findsStringsWhereTransformersFindsThem() {
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.tokenizer())) {
            for (JsonElement each : Fixtures.goldenJson("decoding").getAsJsonArray("stops")) {
                JsonObject golden = each.getAsJsonObject();
                List<String> strings = new ArrayList<>();
                golden.getAsJsonArray("strings").forEach(s -> strings.add(s.getAsString()));
                StopStrings stops = new StopStrings(strings, tokenizer);
                TokenSequence sequence = TokenSequence.ofPrompt();
                List<Boolean> found = new ArrayList<>();
                List<Boolean> expected = new ArrayList<>();
                golden.getAsJsonArray("hits").forEach(hit -> expected.add(hit.getAsBoolean()));
                for (JsonElement id : golden.getAsJsonArray("ids")) {
                    sequence = sequence.with(id.getAsLong());
                    found.add(stops.isHit(sequence));
                }
                assertEquals(expected, found, strings.toString());
            }
        }
    }

    @Test
    void endsTextsInEveryMode() {
        try (BaseModel base = Checkpoints.open(Fixtures.base("llama"));
                PeftModel model = PeftModel.of(base);
                Tokenizer tokenizer = Tokenizer.open(Fixtures.tokenizer())) {
            for (int beams : new int[] {1, 3}) {
                GenerationConfig whole =
                        GenerationConfig.builder().maxNewTokens(12).numBeams(beams).build();
                long[] ids = new Generator(model, whole).generate(AdapterSelection.none(), PROMPT);
                String text = tokenizer.decode(ids, false);
                String upTo = tokenizer.decode(Arrays.copyOf(ids, 6), false);
                String stop = upTo.substring(upTo.length() - 2); // the end of two tokens
                GenerationConfig config =
                        whole.toBuilder().stopStrings(List.of(stop, "never there")).build();
                GeneratedSequence stopped =
                        new Generator(model, config, tokenizer)
                                .run(GenerationRequest.of(AdapterSelection.none(), List.of(PROMPT)))
                                .get(0);
                assertEquals(FinishReason.STOP_STRING, stopped.reason());
                assertTrue(tokenizer.decode(stopped.ids(), false).contains(stop));
                if (beams == 1) {
                    int first = 1;
                    while (!tokenizer.decode(Arrays.copyOf(ids, first), false).contains(stop)) {
                        first++;
                    }
                    assertArrayEquals(Arrays.copyOf(ids, first), stopped.ids(), text);
                }
            }
        }
    }

    @Test
    void needsATokenizer() {
        try (BaseModel base = Checkpoints.open(Fixtures.base("llama"));
                PeftModel model = PeftModel.of(base)) {
            GenerationConfig config =
                    GenerationConfig.builder().stopStrings(List.of("stop")).build();
            assertThrows(PeftException.class, () -> new Generator(model, config));
        }
    }
}
