package org.peft4j.transformers.families.llama;

import com.google.gson.JsonObject;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.peft4j.core.FrozenWeights;
import org.peft4j.core.PeftException;
import org.peft4j.core.files.AtomicFileGroup;
import org.peft4j.core.files.FileBody;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.files.PythonJson;
import org.peft4j.core.files.SafetensorsWriter;
import org.peft4j.core.files.TensorSource;
import org.peft4j.core.ops.DType;
import org.peft4j.transformers.parts.RotaryDecoder;
import org.peft4j.transformers.parts.layers.HeadShape;

/**
 * Writes a checkpoint that nobody has trained, to pretrain a small base or to measure speed:
 * matrices and tables N(0, initializer_range²), norms 1, biases 0, as {@code transformers}
 * initialises this family.
 */
public final class LlamaInitializer {

    private static final double DEVIATION = 0.02;

    private final List<TensorSource> tensors = new ArrayList<>();
    private final DType dtype;
    private final double deviation;
    private final long seed;

    private LlamaInitializer(DType dtype, double deviation, long seed) {
        this.dtype = dtype;
        this.deviation = deviation;
        this.seed = seed;
    }

    /**
     * Writes {@code config.json} and {@code model.safetensors}.
     *
     * @param directory created if needed
     * @param config a config of this family, with all its sizes
     * @param dtype FLOAT32 or BFLOAT16
     * @param seed decides the weights
     */
    public static void write(Path directory, JsonObject config, DType dtype, long seed) {
        if (dtype != DType.FLOAT32 && dtype != DType.BFLOAT16) {
            throw new PeftException("fresh weights are FLOAT32 or BFLOAT16, not " + dtype + ".");
        }
        JsonFields fields = JsonFields.of(directory.resolve("config.json"), config);
        LlamaInitializer fresh =
                new LlamaInitializer(
                        dtype, fields.optionalNumber("initializer_range").orElse(DEVIATION), seed);
        fresh.addAll(LlamaConfig.read(fields));
        JsonObject written = config.deepCopy();
        written.addProperty("dtype", dtype.configName());
        new AtomicFileGroup(directory)
                .add("config.json", FileBody.of(PythonJson.dumps(written) + "\n"))
                .add(
                        "model.safetensors",
                        SafetensorsWriter.body(fresh.tensors, SafetensorsWriter.DEFAULT_METADATA))
                .commit();
    }

    private void addAll(LlamaConfig config) {
        RotaryDecoder decoder = config.decoder();
        int width = decoder.hiddenSize();
        int inner = config.intermediateSize();
        HeadShape heads = config.heads();
        boolean bias = config.projectionBias();
        add("model.embed_tokens.weight", decoder.vocabularySize(), width);
        for (int i = 0; i < decoder.layers(); i++) {
            String layer = "model.layers." + i + ".";
            linear(layer + "self_attn.q_proj", bias, heads.queryWidth(), width);
            linear(layer + "self_attn.k_proj", bias, heads.keyWidth(), width);
            linear(layer + "self_attn.v_proj", bias, heads.keyWidth(), width);
            linear(layer + "self_attn.o_proj", config.outputBias(), width, heads.queryWidth());
            if (config.headNorms()) {
                add(layer + "self_attn.q_norm.weight", heads.headDim());
                add(layer + "self_attn.k_norm.weight", heads.headDim());
            }
            linear(layer + "mlp.gate_proj", config.feedForwardBias(), inner, width);
            linear(layer + "mlp.up_proj", config.feedForwardBias(), inner, width);
            linear(layer + "mlp.down_proj", config.feedForwardBias(), width, inner);
            add(layer + "input_layernorm.weight", width);
            add(layer + "post_attention_layernorm.weight", width);
        }
        add("model.norm.weight", width);
        if (!decoder.tied()) {
            add("lm_head.weight", decoder.vocabularySize(), width);
        }
    }

    private void linear(String path, boolean bias, long out, long in) {
        add(path + ".weight", out, in);
        if (bias) {
            add(path + ".bias", out);
        }
    }

    private void add(String name, long... shape) {
        tensors.add(
                TensorSource.of(
                        name, FrozenWeights.storedType(dtype), shape, () -> values(name, shape)));
    }

    private ByteBuffer values(String name, long... shape) {
        int elements = 1;
        for (long size : shape) {
            elements = Math.multiplyExact(elements, Math.toIntExact(size));
        }
        boolean matrix = shape.length > 1;
        float constant = name.endsWith("bias") ? 0 : 1;
        SplittableRandom random = new SplittableRandom(seed ^ name.hashCode());
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.multiplyExact(elements, dtype.bytes()))
                        .order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < elements; i++) {
            float value = matrix ? (float) (random.nextGaussian() * deviation) : constant;
            if (dtype == DType.FLOAT32) {
                bytes.putFloat(value);
            } else {
                bytes.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
            }
        }
        return bytes.flip();
    }
}
