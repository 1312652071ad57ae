package org.peft4j.transformers;

import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.peft4j.core.files.JsonFiles;
import org.peft4j.fixtures.Fixtures;

/** Configs of each family that contradict themselves or their weights. */
final class BadDecoderTest {

    @TempDir Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gpt2|n_inner|48|transformer.h.0.mlp.c_fc.weight has the shape [16, 64]"
                        + ", but config.json implies [16, 48]",
                "gpt2|n_positions|32|transformer.wpe.weight has the shape [64, 16]"
                        + ", but config.json implies [32, 16]",
                "gpt2|tie_word_embeddings|false|lm_head.weight",
                "gpt2|n_head|3|n_embd must be a multiple of n_head, 3,",
                "gpt2|n_layer|0|n_layer",
                "gpt2|activation_function|\"softsign\"|activation_function must be one of",
                "gpt2|layer_norm_epsilon|-1|layer_norm_epsilon must be from 0 up and below 1",
                "gpt2|add_cross_attention|true|add_cross_attention must be false",
                "gpt-neox|intermediate_size|48|gpt_neox.layers.0.mlp.dense_h_to_4h.weight has the"
                        + " shape [32, 32], but config.json implies [48, 32]",
                "gpt-neox|num_hidden_layers|3|gpt_neox.layers.2",
                "gpt-neox|vocab_size|64|gpt_neox.embed_in.weight has the shape [96, 32]",
                "gpt-neox|rope_parameters|{\"partial_rotary_factor\":1.5}"
                        + "|rope_parameters.partial_rotary_factor must be",
                "gpt-neox|rope_parameters|{\"partial_rotary_factor\":0.02}"
                        + "|such that pairs of a head's 16 dimensions",
                "opt|ffn_dim|48|model.decoder.layers.0.fc1.weight has the shape [32, 16]"
                        + ", but config.json implies [48, 16]",
                "opt|max_position_embeddings|30|model.decoder.embed_positions.weight has the"
                        + " shape [66, 16], but config.json implies [32, 16]",
                "opt|word_embed_proj_dim|8|model.decoder.embed_tokens.weight has the shape"
                        + " [96, 16], but config.json implies [96, 8]",
                "qwen3|attention_bias|true|model.layers.0.self_attn.q_proj.bias",
                "qwen3|head_dim|16|model.layers.0.self_attn.q_proj.weight has the shape [32, 16]"
                        + ", but config.json implies [64, 16]",
                "gemma|num_key_value_heads|4|model.layers.0.self_attn.k_proj.weight has the"
                        + " shape [8, 16], but config.json implies [32, 16]",
                "gemma|use_bidirectional_attention|true|use_bidirectional_attention must be false",
                "gemma2|query_pre_attn_scalar|0|query_pre_attn_scalar must be a positive",
                "gemma2|attn_logit_softcapping|-1|attn_logit_softcapping must be a positive",
                "gemma2|sliding_window|null|sliding_window",
                "gemma2|layer_types|[\"full_attention\"]|layer_types must be a list of 2",
                "phi3|num_key_value_heads|2|model.layers.0.self_attn.qkv_proj.weight has the"
                        + " shape [32, 16], but config.json implies [48, 16]",
                "phi3|intermediate_size|16|model.layers.0.mlp.gate_up_proj.weight has the shape"
                        + " [64, 16], but config.json implies [32, 16]",
                "phi3-longrope|rope_parameters"
                        + "|{\"rope_type\":\"su\",\"short_factor\":[1],\"long_factor\":[1]}"
                        + "|rope_parameters.short_factor must be a list of 4 positive numbers",
            })
    void namesWhatContradictsWhat(String base, String field, String value, String part)
            throws Exception {
        Fixtures.copy(Fixtures.base(base), directory);
        Path file = directory.resolve("config.json");
        JsonObject config = JsonFiles.read(file);
        config.add(field, JsonFiles.parse(file, "{\"value\": " + value + "}").get("value"));
        Files.writeString(file, config.toString());
        Refused.because(part, () -> Checkpoints.open(directory).close());
    }
}
