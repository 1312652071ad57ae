package org.peft4j.transformers;

import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.BadFileException;
import org.peft4j.core.FrozenWeights;
import org.peft4j.core.files.CheckpointDirectory;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.files.SafetensorsFile;
import org.peft4j.core.files.TensorEntry;
import org.peft4j.core.ops.DType;

/**
 * The dtype that a model gets, decided as transformers does: the one wished for, or else that of
 * {@code config.json}, or else that of the first floating-point tensor by name in the first file.
 */
final class ModelDtype {

    private ModelDtype() {}

    /**
     * Decides.
     *
     * @throws BadFileException if the config names no dtype of a model, or the weights have none
     */
    static DType of(CheckpointDirectory files, LoadOptions options) {
        @Nullable DType wanted = options.dtype();
        if (wanted != null) {
            return wanted;
        }
        DType own = named(files.configFields()).orElseGet(() -> stored(files));
        boolean narrow = own == DType.FLOAT16 && !options.device().isGpu();
        return narrow || own == DType.FLOAT64 ? DType.FLOAT32 : own;
    }

    /** {@code dtype}, which was called {@code torch_dtype} up to transformers 4. */
    private static Optional<DType> named(JsonFields config) {
        String key = config.has("dtype") ? "dtype" : "torch_dtype";
        Optional<String> name = config.optionalString(key);
        if (name.isEmpty()) {
            return Optional.empty();
        }
        for (DType type : DType.values()) {
            if (type.isFloating() && type.name().toLowerCase(Locale.ROOT).equals(name.get())) {
                return Optional.of(type);
            }
        }
        throw config.mustBe(key, "float32, bfloat16, float16 or float64");
    }

    private static DType stored(CheckpointDirectory files) {
        for (SafetensorsFile file : files.weightFiles()) {
            for (TensorEntry entry : new TreeMap<>(file.entries()).values()) {
                Optional<DType> type =
                        FrozenWeights.dtypeOf(entry.type()).filter(DType::isFloating);
                if (type.isPresent()) {
                    return type.get();
                }
            }
        }
        throw new BadFileException(
                files.path(),
                "its weights are not floating-point numbers",
                "Use a checkpoint in float32, bfloat16 or float16");
    }
}
