package org.peft4j.benchmarks;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import org.peft4j.core.ops.DType;
import org.peft4j.transformers.families.llama.LlamaInitializer;
import picocli.CommandLine.Option;

/** A Llama checkpoint with random weights, N(0, 0.02²), of a chosen size. */
final class RandomLlama {

    @Option(names = "--hidden", defaultValue = "1024", description = "width (${DEFAULT-VALUE})")
    int hidden;

    @Option(
            names = "--intermediate",
            defaultValue = "2816",
            description = "width of the feed-forward (${DEFAULT-VALUE})")
    int intermediate;

    @Option(names = "--layers", defaultValue = "8", description = "layers (${DEFAULT-VALUE})")
    int layers;

    @Option(names = "--heads", defaultValue = "16", description = "query heads (${DEFAULT-VALUE})")
    int heads;

    @Option(
            names = "--key-value-heads",
            defaultValue = "4",
            description = "key-value heads (${DEFAULT-VALUE})")
    int keyValueHeads;

    @Option(
            names = "--vocabulary",
            defaultValue = "32000",
            description = "rows of the embedding (${DEFAULT-VALUE})")
    int vocabulary;

    /** Returns a line that says how large it is. */
    String describe() {
        return "Llama, hidden %d, intermediate %d, %d layers, %d heads (%d key-value), vocabulary %,d"
                .formatted(hidden, intermediate, layers, heads, keyValueHeads, vocabulary);
    }

    /** Writes {@code config.json} and {@code model.safetensors}. */
    void write(Path directory, DType dtype) {
        LlamaInitializer.write(directory, config(), dtype, 0);
    }

    private JsonObject config() {
        JsonObject config = new JsonObject();
        JsonArray architectures = new JsonArray();
        architectures.add("LlamaForCausalLM");
        config.add("architectures", architectures);
        config.addProperty("model_type", "llama");
        config.addProperty("vocab_size", vocabulary);
        config.addProperty("hidden_size", hidden);
        config.addProperty("intermediate_size", intermediate);
        config.addProperty("num_hidden_layers", layers);
        config.addProperty("num_attention_heads", heads);
        config.addProperty("num_key_value_heads", keyValueHeads);
        config.addProperty("max_position_embeddings", 2048);
        config.addProperty("rms_norm_eps", 1e-6);
        config.addProperty("rope_theta", 10000.0);
        config.addProperty("hidden_act", "silu");
        config.addProperty("tie_word_embeddings", false);
        config.addProperty("bos_token_id", 1);
        config.addProperty("eos_token_id", 2);
        return config;
    }
}
