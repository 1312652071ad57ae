package org.peft4j.benchmarks;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.peft4j.core.files.AtomicFiles;
import org.peft4j.core.files.FileBody;
import org.peft4j.core.files.SafetensorsWriter;
import org.peft4j.core.files.StoredType;
import org.peft4j.core.files.TensorSource;
import org.peft4j.core.ops.DType;
import picocli.CommandLine.Option;

/** A Llama checkpoint with random weights, N(0, 0.02²), of a chosen size. */
final class RandomLlama {

    private static final double DEVIATION = 0.02;

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
        List<TensorSource> tensors = new ArrayList<>();
        StoredType type = dtype == DType.BFLOAT16 ? StoredType.BF16 : StoredType.F32;
        int keyValues = hidden / heads * keyValueHeads;
        add(tensors, type, "model.embed_tokens.weight", vocabulary, hidden);
        for (int i = 0; i < layers; i++) {
            String layer = "model.layers." + i + ".";
            add(tensors, type, layer + "self_attn.q_proj.weight", hidden, hidden);
            add(tensors, type, layer + "self_attn.k_proj.weight", keyValues, hidden);
            add(tensors, type, layer + "self_attn.v_proj.weight", keyValues, hidden);
            add(tensors, type, layer + "self_attn.o_proj.weight", hidden, hidden);
            add(tensors, type, layer + "mlp.gate_proj.weight", intermediate, hidden);
            add(tensors, type, layer + "mlp.up_proj.weight", intermediate, hidden);
            add(tensors, type, layer + "mlp.down_proj.weight", hidden, intermediate);
            add(tensors, type, layer + "input_layernorm.weight", hidden);
            add(tensors, type, layer + "post_attention_layernorm.weight", hidden);
        }
        add(tensors, type, "model.norm.weight", hidden);
        add(tensors, type, "lm_head.weight", vocabulary, hidden);
        SafetensorsWriter.write(directory.resolve("model.safetensors"), tensors);
        String json = new GsonBuilder().setPrettyPrinting().create().toJson(config(dtype));
        AtomicFiles.writeFile(
                directory.resolve("config.json"),
                FileBody.of(json.getBytes(StandardCharsets.UTF_8)));
    }

    private JsonObject config(DType dtype) {
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
        config.addProperty("torch_dtype", dtype.configName());
        return config;
    }

    private static void add(
            List<TensorSource> tensors, StoredType type, String name, long... shape) {
        tensors.add(TensorSource.of(name, type, shape, () -> random(name, type, shape)));
    }

    private static ByteBuffer random(String name, StoredType type, long... shape) {
        boolean norm = shape.length == 1;
        int elements = (int) (norm ? shape[0] : shape[0] * shape[1]);
        int bytes = type == StoredType.BF16 ? 2 : 4;
        SplittableRandom random = new SplittableRandom(name.hashCode());
        ByteBuffer buffer = ByteBuffer.allocate(elements * bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < elements; i++) {
            float value = norm ? 1 : (float) (random.nextGaussian() * DEVIATION);
            if (bytes == 4) {
                buffer.putFloat(value);
            } else {
                buffer.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
            }
        }
        return buffer.flip();
    }
}
