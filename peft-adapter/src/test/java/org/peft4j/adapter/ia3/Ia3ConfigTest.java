package org.peft4j.adapter.ia3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.peft4j.adapter.Bases;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftModel;
import org.peft4j.core.targets.TargetSpec.Names;

/** What IA3's config means on a base. */
final class Ia3ConfigTest {

    /** Keys and values, or both in one; and the way down, told apart where names are shared. */
    @ParameterizedTest
    @CsvSource({
        "llama, k_proj v_proj down_proj, down_proj",
        "gemma2, k_proj v_proj down_proj, down_proj",
        "phi3, qkv_proj down_proj, down_proj",
        "gpt2, c_attn mlp.c_proj, mlp.c_proj",
        "gpt-neox, query_key_value dense_4h_to_h, dense_4h_to_h",
        "opt, k_proj v_proj fc2, fc2",
        "bert-heads, key value output.dense, output.dense",
        "distilbert-heads, k_lin v_lin lin2, lin2",
        "t5, k v wo, wo",
        "bart, k_proj v_proj fc2, fc2",
    })
    void defaults(String name, String targets, String feedForward) {
        Ia3Config config = settled(name, Ia3Config.builder().build());
        assertEquals(words(targets), names(config.targets().modules()));
        assertEquals(words(feedForward), names(config.feedForward()));
    }

    /** peft refuses to read a file whose feed-forward modules are not all among the targets. */
    @Test
    void feedForwardModulesAreAlwaysSomeOfTheTargets() {
        Ia3Config attention = Ia3Config.builder().targetModules("k_proj").build();
        assertEquals(Set.of(), names(settled("llama", attention).feedForward()));
        Ia3Config path = Ia3Config.builder().targetModules("layers.1.mlp.down_proj").build();
        assertEquals(Set.of("layers.1.mlp.down_proj"), names(settled("llama", path).feedForward()));
        Ia3Config both = Ia3Config.builder().targetModules("c_proj").build();
        Ia3Config settled = settled("gpt2", both);
        assertEquals(Set.of("c_proj", "mlp.c_proj"), names(settled.targets().modules()));
        assertEquals(Set.of("mlp.c_proj"), names(settled.feedForward()));
        PeftException refusal =
                assertThrows(
                        PeftException.class,
                        () ->
                                Ia3Config.builder()
                                        .targetModules("k_proj")
                                        .feedForwardModules("down_proj")
                                        .build());
        assertTrue(String.valueOf(refusal.getMessage()).contains("feedforward_modules"));
    }

    private static Ia3Config settled(String name, Ia3Config config) {
        try (BaseModel base = Bases.open(name);
                PeftModel model = PeftModel.of(base)) {
            return (Ia3Config) model.add("a", config).config();
        }
    }

    private static Set<String> words(String text) {
        return new TreeSet<>(List.of(text.split(" ")));
    }

    private static Set<String> names(@Nullable Object pattern) {
        return pattern instanceof Names list ? new TreeSet<>(list.names()) : Set.of();
    }
}
