package org.peft4j.transformers.parts.rotary;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.peft4j.core.files.JsonFields;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.transformers.families.llama.LlamaConfig;
import org.peft4j.transformers.families.phi3.Phi3Config;

/** Frequencies and attention factors are those of {@code transformers} for every scaling. */
final class RotarySettingsTest {

    private static final JsonObject GOLDEN = Fixtures.goldenJson("rope");

    private static Set<String> names() {
        return GOLDEN.keySet();
    }

    @ParameterizedTest
    @MethodSource("names")
    void turnsAsTransformersDoes(String name) {
        JsonObject expected = GOLDEN.getAsJsonObject(name);
        RotarySettings settings = read(expected.getAsJsonObject("config"));
        RotaryScaling scaling = settings.scaling();
        assertEquals(
                expected.get("attention_factor").getAsDouble(), scaling.attentionFactor(), 1e-12);
        JsonObject byLength = expected.getAsJsonObject("frequencies");
        for (String length : byLength.keySet()) {
            JsonArray wanted = byLength.getAsJsonArray(length);
            float[] actual =
                    scaling.frequencies(settings.theta(), settings.dim(), Long.parseLong(length));
            assertEquals(wanted.size(), actual.length);
            for (int i = 0; i < actual.length; i++) {
                float frequency = wanted.get(i).getAsFloat();
                assertEquals(frequency, actual[i], 5e-7 * frequency, length + ", pair " + i);
            }
        }
    }

    private static RotarySettings read(JsonObject config) {
        config.addProperty("vocab_size", 8);
        config.addProperty("num_hidden_layers", 1);
        config.addProperty("intermediate_size", 8);
        JsonFields fields = JsonFields.of(Path.of("config.json"), config);
        return fields.string("model_type").equals("phi3")
                ? Phi3Config.read(fields).decoder().rope()
                : LlamaConfig.read(fields).decoder().rope();
    }
}
