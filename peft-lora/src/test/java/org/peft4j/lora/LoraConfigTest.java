package org.peft4j.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.peft4j.core.BadFileException;
import org.peft4j.core.PeftException;
import org.peft4j.core.TaskType;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.files.JsonFiles;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.PythonValue;

/** The config says what peft's says, and refuses what it cannot keep. */
final class LoraConfigTest {

    private static JsonObject file(String name) {
        return JsonFiles.read(Fixtures.adapter(name).resolve("adapter_config.json"));
    }

    private static LoraConfig read(JsonObject json) {
        return new LoraMethod().readConfig(JsonFields.of(Path.of("adapter_config.json"), json));
    }

    @Test
    void theDefaultsArePefts() {
        JsonObject expected = file("llama-plain");
        for (String key : List.of("r", "target_modules", "task_type", "base_model_name_or_path")) {
            expected.remove(key);
        }
        JsonObject json = LoraConfig.builder().build().toJson();
        assertEquals(8, json.get("r").getAsInt());
        assertTrue(json.get("target_modules").isJsonNull());
        for (String key : List.of("r", "target_modules", "task_type", "base_model_name_or_path")) {
            json.remove(key);
        }
        assertEquals(PythonValue.of(expected), PythonValue.of(json));
    }

    @Test
    void everySettingSurvivesTheRoundTrip() {
        Map<String, Integer> ranks = new LinkedHashMap<>();
        ranks.put("v_proj", 6);
        LoraConfig config =
                LoraConfig.builder()
                        .rank(3)
                        .alpha(4.5)
                        .dropout(0.25)
                        .targetModules("q_proj", "v_proj")
                        .excludeModules("layers.0.self_attn.v_proj")
                        .layersToTransform(0, 1)
                        .layersPattern("layers", "h")
                        .rankPattern(ranks)
                        .alphaPattern(Map.of("q_proj", 2))
                        .useRslora(true)
                        .bias(LoraBias.LORA_ONLY)
                        .initialization(LoraInitialization.GAUSSIAN)
                        .modulesToSave("lm_head")
                        .ensureWeightTying(true)
                        .taskType(TaskType.CAUSAL_LM)
                        .baseModel("some/base")
                        .build();
        assertEquals(config, read(config.toJson()));
        LoraConfig other =
                LoraConfig.builder()
                        .targetRegex(".*q_proj")
                        .loraBias(true)
                        .initialization(LoraInitialization.RANDOM)
                        .build();
        assertEquals(other, read(other.toJson()));
        assertEquals(other, other.toBuilder().build());
    }

    @Test
    void scalingFollowsThePaper() {
        LoraConfig plain = LoraConfig.builder().rank(4).alpha(8).build();
        assertEquals(2, plain.scalingAt("any"));
        assertEquals(4, plain.toBuilder().useRslora(true).build().scalingAt("any"));
        LoraConfig patterns =
                plain.toBuilder()
                        .rankPattern(Map.of("v_proj", 2))
                        .alphaPattern(Map.of("layers\\.1\\..*", 3))
                        .build();
        assertEquals(4, patterns.scalingAt("model.layers.0.v_proj"));
        assertEquals(1.5, patterns.scalingAt("model.layers.1.v_proj"));
    }

    private static void refused(String part, Consumer<LoraConfigBuilder> settings) {
        LoraConfigBuilder builder = LoraConfig.builder();
        PeftException refusal =
                assertThrows(
                        PeftException.class,
                        () -> {
                            settings.accept(builder);
                            builder.build();
                        });
        assertTrue(String.valueOf(refusal.getMessage()).contains(part), refusal::toString);
    }

    @Test
    void valuesOutOfRangeAreRefusedByName() {
        refused("rank (r) must be 1 or more but is 0", b -> b.rank(0));
        refused(
                "alpha (lora_alpha) must be a number that float32 has but is NaN",
                b -> b.alpha(Double.NaN));
        refused("alpha (lora_alpha) must be a number that float32 has", b -> b.alpha(1e300));
        refused("dropout (lora_dropout) must be from 0 to below 1 but is 1.0", b -> b.dropout(1));
        refused("dropout (lora_dropout) must", b -> b.dropout(Double.NaN));
        refused("rank_pattern of v_proj", b -> b.rankPattern(Map.of("v_proj", -2)));
        refused("alpha_pattern of v_proj", b -> b.alphaPattern(Map.of("v_proj", 1e39)));
        refused("not a regular expression", b -> b.rankPattern(Map.of("(", 2)));
        refused("layers_pattern", b -> b.layersPattern("layers"));
        refused("layers_to_transform", b -> b.targetRegex(".*").layersToTransform(1));
        refused("layers_to_transform", b -> b.targetAllLinear().layersToTransform(1));
        refused("layers_to_transform must hold numbers from 0 up", b -> b.layersToTransform(-1));
        refused("empty name", b -> b.targetModules("q_proj", ""));
        refused("empty name", b -> b.modulesToSave(""));
        refused("each once", b -> b.trainableTokens(1, 2, 1));
        refused("each once", b -> b.trainableTokens());
        refused("lora_bias", b -> b.loraBias(true).initialization(LoraInitialization.GAUSSIAN));
    }

    /** Settings of a start that was not made, and of one that is over, are without effect. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "loftq_config | {\"loftq_bits\": 4}",
                "eva_config | {\"rho\": 2.0}",
                "corda_config | {\"corda_method\": \"ipm\"}",
                "lora_ga_config | {\"scale\": \"stable\"}"
            })
    void settingsOfStartsAreWrittenBack(String key, String value) {
        JsonObject json = file("llama-plain");
        json.add(key, JsonParser.parseString(value));
        assertEquals(JsonParser.parseString(value), read(json).toJson().get(key));
    }

    /** What peft has and would compute other numbers than plain LoRA. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "use_dora | true",
                "use_qalora | true",
                "layer_replication | [[0, 1], [0, 1]]",
                "target_parameters | [\"mlp.experts.weight\"]",
                "alora_invocation_tokens | [1]",
                "megatron_config | {\"a\": 1}",
                "arrow_config | {\"top_k\": 3}",
                "kasa_config | {\"beta\": 1}",
                "monteclora_config | {\"num_samples\": 1}",
                "velora_config | {\"num_groups\": 1}",
                "use_bdlora | {\"nblocks\": 2}",
                "init_lora_weights | \"pissa\"",
                "init_lora_weights | \"pissa_niter_16\"",
                "init_lora_weights | \"olora\"",
                "init_lora_weights | \"loftq\""
            })
    void whatIsNotSupportedIsRefusedByName(String key, String value) {
        JsonObject json = file("llama-plain");
        json.add(key, JsonParser.parseString(value));
        BadFileException refusal = assertThrows(BadFileException.class, () -> read(json));
        assertTrue(
                String.valueOf(refusal.getMessage())
                        .startsWith("adapter_config.json: " + key + " is "),
                refusal::toString);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "r | 0",
                "r | \"8\"",
                "r | 2.5",
                "lora_alpha | \"x\"",
                "lora_alpha | 1e300",
                "lora_dropout | 1",
                "bias | \"some\"",
                "target_modules | 3",
                "target_modules | [1]",
                "exclude_modules | {}",
                "layers_to_transform | \"1\"",
                "rank_pattern | [1]",
                "rank_pattern | {\"q_proj\": 0}",
                "alpha_pattern | {\"q_proj\": \"8\"}",
                "task_type | \"DANCING\"",
                "modules_to_save | \"lm_head\"",
                "use_rslora | 1"
            })
    void damagedFilesAreRefusedByName(String key, String value) {
        JsonObject json = file("llama-plain");
        json.add(key, JsonParser.parseString(value));
        BadFileException refusal = assertThrows(BadFileException.class, () -> read(json));
        assertTrue(
                String.valueOf(refusal.getMessage()).startsWith("adapter_config.json: ")
                        && String.valueOf(refusal.getMessage()).contains(key),
                refusal::toString);
    }

    @ParameterizedTest
    @ValueSource(strings = {"some_new_key", "runtime_config"})
    void keysOfANewerPeftAreIgnored(String key) {
        JsonObject json = file("llama-plain");
        LoraConfig without = read(json);
        json.addProperty(key, 7);
        assertEquals(without, read(json));
    }

    @Test
    void oneLayerMayBeWrittenAsANumber() {
        JsonObject json = file("llama-layers");
        json.addProperty("layers_to_transform", 1);
        assertEquals(List.of(1), read(json).targets().layers());
    }
}
