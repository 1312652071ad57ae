package org.peft4j.transformers;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.BadFileException;
import org.peft4j.core.BaseModel;
import org.peft4j.core.FrozenWeights;
import org.peft4j.core.files.CheckpointDirectory;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.files.TensorEntry;
import org.peft4j.core.ops.DType;
import org.peft4j.core.ops.OperatorDoor;
import org.peft4j.transformers.bert.BertModel;
import org.peft4j.transformers.bert.RobertaModel;
import org.peft4j.transformers.distilbert.DistilBertModel;
import org.peft4j.transformers.llama.LlamaModel;
import org.peft4j.transformers.parts.OpenedCheckpoint;

/** Opens checkpoint directories as Hugging Face publishes them. */
public final class Checkpoints {

    /** How a base is built, by {@code model_type}. */
    private static final Map<String, Function<OpenedCheckpoint, BaseModel>> FAMILIES =
            Map.ofEntries(
                    Map.entry("llama", LlamaModel::open),
                    Map.entry("mistral", LlamaModel::open),
                    Map.entry("qwen2", LlamaModel::open),
                    Map.entry("bert", BertModel::open),
                    Map.entry("roberta", RobertaModel::open),
                    Map.entry("xlm-roberta", RobertaModel::open),
                    Map.entry("camembert", RobertaModel::open),
                    Map.entry("distilbert", DistilBertModel::open));

    private Checkpoints() {}

    /**
     * Opens a checkpoint on the CPU in its own dtype. Weights are mapped, not read.
     *
     * @param directory holds {@code config.json} and the weights as safetensors
     * @return the base; the caller closes it
     * @throws BadFileException if a file is bad, or the model is of no known family
     */
    public static BaseModel open(Path directory) {
        return open(directory, LoadOptions.defaults());
    }

    /**
     * Opens a checkpoint.
     *
     * @param directory holds {@code config.json} and the weights as safetensors
     * @param options device, dtype and name
     * @return the base; the caller closes it
     * @throws BadFileException if a file is bad, or the model is of no known family
     */
    public static BaseModel open(Path directory, LoadOptions options) {
        CheckpointDirectory files = CheckpointDirectory.open(directory);
        Function<OpenedCheckpoint, BaseModel> family = family(files.configFields());
        DType dtype = dtype(files, options);
        OperatorDoor door = OperatorDoor.open(options.device());
        try {
            return family.apply(
                    new OpenedCheckpoint(
                            name(directory, options),
                            files,
                            new FrozenWeights(files, door, dtype),
                            door,
                            dtype,
                            options.head()));
        } catch (RuntimeException e) {
            door.close();
            throw e;
        }
    }

    private static Function<OpenedCheckpoint, BaseModel> family(JsonFields config) {
        if (config.has("quantization_config")) {
            throw new BadFileException(
                    config.file(),
                    "quantization_config says that the weights are quantised",
                    "Use the checkpoint with the weights as they were before quantisation");
        }
        Function<OpenedCheckpoint, BaseModel> family = FAMILIES.get(config.string("model_type"));
        if (family == null) {
            throw config.mustBe(
                    "model_type",
                    "one of " + String.join(", ", new TreeSet<>(FAMILIES.keySet())) + ",");
        }
        return family;
    }

    private static String name(Path directory, LoadOptions options) {
        @Nullable String name = options.name();
        return name == null ? directory.toString() : name;
    }

    /** The dtype wished for, or that of the largest tensor. */
    private static DType dtype(CheckpointDirectory files, LoadOptions options) {
        @Nullable DType wanted = options.dtype();
        if (wanted != null) {
            return wanted;
        }
        Optional<TensorEntry> largest =
                files.entries().values().stream()
                        .max(Comparator.comparingLong(TensorEntry::byteCount));
        DType stored =
                largest.flatMap(entry -> FrozenWeights.dtypeOf(entry.type()))
                        .filter(DType::isFloating)
                        .orElseThrow(
                                () ->
                                        new BadFileException(
                                                files.path(),
                                                "its weights are not floating-point numbers",
                                                "Use a checkpoint in float32, bfloat16 or"
                                                        + " float16"));
        boolean narrow = stored == DType.FLOAT16 && !options.device().isGpu();
        return narrow || stored == DType.FLOAT64 ? DType.FLOAT32 : stored;
    }
}
