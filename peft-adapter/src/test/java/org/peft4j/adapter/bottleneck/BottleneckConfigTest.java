package org.peft4j.adapter.bottleneck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.peft4j.core.BadFileException;
import org.peft4j.core.PeftException;
import org.peft4j.core.files.JsonFields;

/** What a config says survives its file, and what it cannot say is refused by name. */
final class BottleneckConfigTest {

    private static BottleneckConfig read(JsonObject json) {
        return new BottleneckMethod()
                .readConfig(JsonFields.of(Path.of("adapter_config.json"), json));
    }

    @Test
    void everySettingSurvives() {
        BottleneckConfig config =
                BottleneckConfig.compacter()
                        .places(new Places(true, true, false, List.of(2, 0)))
                        .reductionFactor(new ReductionFactor(16.0, Map.of(1, 2.5, 11, 8.0)))
                        .nonLinearity("leakyrelu")
                        .norms(new Norms(true, false, true, true, Residual.SUM, true))
                        .isParallel(true)
                        .scaling(Scaling.CHANNEL)
                        .useGating(true)
                        .dropout(0.25)
                        .modulesToSave("lm_head")
                        .build();
        assertEquals(config, read(config.toJson()));
        BottleneckConfig other = config.toBuilder().scaling(4).build();
        assertEquals("4.0", other.toJson().get("scaling").toString());
        assertEquals(other, read(other.toJson()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "scaling | \"loud\" | learned",
                "scaling | true | scaling",
                "non_linearity | \"sine\" | leakyrelu",
                "reduction_factor | 0 | positive",
                "reduction_factor | {\"first\": 2} | default",
                "reduction_factor | {} | reduction_factor",
                "residual_before_ln | \"later\" | post_add",
                "init_weights | \"ones\" | mam_adapter",
                "dropout | 1 | dropout",
                "output_adapter | false | mh_adapter",
                "inv_adapter | \"glow\" | inv_adapter",
                "stochastic_depth | 0.1 | stochastic_depth",
                "learn_phm | false | learn_phm",
                "phm_dim | 0 | phm_dim",
                "phm_c_init | \"zeros\" | uniform",
                "hypercomplex_nonlinearity | \"x\" | glorot-uniform",
            })
    void whatIsWrongIsNamed(String key, String value, String named) {
        JsonObject json = BottleneckConfig.pfeiffer().build().toJson();
        json.add(key, JsonParser.parseString(value));
        BadFileException refusal = assertThrows(BadFileException.class, () -> read(json));
        String message = String.valueOf(refusal.getMessage());
        assertTrue(message.contains("adapter_config.json") && message.contains(named), message);
    }

    @Test
    void compactersMapsHaveAStartOfTheirOwn() {
        assertThrows(
                PeftException.class,
                () ->
                        BottleneckConfig.compacter()
                                .initialization(BottleneckInitialization.HOULSBY)
                                .build());
    }
}
