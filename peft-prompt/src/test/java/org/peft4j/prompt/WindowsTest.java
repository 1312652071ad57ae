package org.peft4j.prompt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.Parameter;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TokenBatch;
import org.peft4j.fixtures.Compare;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.Golden;
import org.peft4j.fixtures.Tensors;
import org.peft4j.prompt.prefix.PrefixTuningConfig;
import org.peft4j.transformers.generation.GenerationConfig;
import org.peft4j.transformers.generation.GenerationRequest;
import org.peft4j.transformers.generation.Generator;

/**
 * Virtual tokens and prefixes on bases with sliding windows are what Python's peft computes for a
 * row by itself, wherever that row is padded.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class WindowsTest {

    private static final JsonObject FACTS = Fixtures.goldenJson("windows");
    private static final Golden GOLDEN = Fixtures.golden("windows");
    private static final AdapterSelection ADAPTER = AdapterSelection.of("a");
    private static final long[] LONGER = {5, 9, 20, 7, 11, 30, 31, 8, 12, 40, 16, 44};

    static Set<String> cases() {
        return new TreeSet<>(FACTS.getAsJsonObject("generated").keySet());
    }

    private static PeftConfig config(String method) {
        int tokens = FACTS.get("virtual_tokens").getAsInt();
        return method.equals("prompt")
                ? PromptTuningConfig.builder().virtualTokens(tokens).build()
                : PrefixTuningConfig.pTuningV2(tokens);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aRowIsWhatPythonMakesOfIt(String name) {
        int slash = name.indexOf('/');
        long[] ids = GOLDEN.longs(name + ".input_ids");
        float[] wanted = GOLDEN.floats(name + ".logits");
        try (BaseModel base = Bases.open(name.substring(0, slash));
                PeftModel model = PeftModel.of(base)) {
            Parameter virtual =
                    model.add("a", config(name.substring(slash + 1)), 1).parameters().get(0);
            Tensors.set(base.door(), virtual, GOLDEN.floats(name + ".virtual"));
            float[] alone = Tensors.logits(model, ADAPTER, TokenBatch.of(ids));
            Compare.closeToLargest(name, wanted, alone, 1e-5);
            for (boolean left : new boolean[] {true, false}) {
                TokenBatch batch = TokenBatch.padded(List.of(LONGER, ids), null, 0, left);
                float[] all = Tensors.logits(model, ADAPTER, batch);
                int start = left ? all.length - wanted.length : all.length / 2;
                float[] padded = Arrays.copyOfRange(all, start, start + wanted.length);
                Compare.closeToLargest(name + ", left " + left, wanted, padded, 1e-5);
            }
            generates(name, model, ids);
        }
    }

    private static void generates(String name, PeftModel model, long[] ids) {
        long[] wanted =
                FACTS.getAsJsonObject("generated").getAsJsonArray(name).asList().stream()
                        .mapToLong(JsonElement::getAsLong)
                        .toArray();
        GenerationConfig config =
                GenerationConfig.builder().maxNewTokens(wanted.length).endIds(List.of()).build();
        GenerationRequest both = GenerationRequest.of(ADAPTER, List.of(ids, LONGER));
        assertArrayEquals(wanted, new Generator(model, config).run(both).get(0).ids(), name);
    }
}
