package org.peft4j.core.files;

import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.peft4j.core.BadFileException;

/** What lies where a safetensors file should: recognised by its first bytes, to say so. */
public final class ForeignFormat {

    private static final String ODD_CHARACTERS = "[^\\w.-]";

    private ForeignFormat() {}

    /**
     * Recognises a file by its start.
     *
     * @param file the file
     * @param start its first bytes, as many as there are up to 16
     * @return the error to raise, or empty if the start is not known
     */
    static Optional<BadFileException> recognise(Path file, byte[] start) {
        String text = new String(start, StandardCharsets.ISO_8859_1);
        boolean zip = text.startsWith("PK\003\004");
        boolean pickle =
                start.length >= 2 && (start[0] & 0xff) == 0x80 && start[1] >= 2 && start[1] <= 5;
        if (zip || pickle) {
            return Optional.of(pickle(file));
        }
        if (text.startsWith("version https:")) {
            return Optional.of(
                    new BadFileException(
                            file,
                            "is a Git LFS pointer, not the file itself",
                            "Run \"git lfs pull\" in the repository, or download the file"));
        }
        if (text.startsWith("GGUF")) {
            return Optional.of(
                    new BadFileException(
                            file,
                            "is a GGUF file, which is not read",
                            "Use the safetensors files of the original checkpoint"));
        }
        if (text.startsWith("<")) {
            return Optional.of(
                    new BadFileException(
                            file,
                            "is a web page, not a safetensors file",
                            "Download the file again and check the address and the access rights"));
        }
        return Optional.empty();
    }

    /**
     * Recognises an adapter of mlx-lm, whose files have names like peft's.
     *
     * @param directory where it lies
     * @param config its {@code adapter_config.json}
     * @param names the names of its files
     */
    static Optional<BadFileException> mlx(Path directory, JsonObject config, List<String> names) {
        boolean isMlx =
                !config.has("peft_type")
                        && (config.has("fine_tune_type")
                                || config.has("lora_parameters")
                                || names.contains("adapters.safetensors"));
        return isMlx
                ? Optional.of(
                        new BadFileException(
                                directory,
                                "is an adapter of mlx-lm, whose names and shapes are not peft's",
                                "Fuse it with its base by mlx_lm.fuse and open the result, or train"
                                        + " the adapter with peft or this library"))
                : Optional.empty();
    }

    /** Returns the refusal of a pickle, with the line of Python that converts it. */
    public static BadFileException pickle(Path file) {
        String name = pythonName(file);
        String converted = safetensorsName(name);
        return refused(
                file,
                "import torch; from safetensors.torch import save_file; save_file({k:"
                        + " v.clone().contiguous() for k, v in torch.load('"
                        + name
                        + "', map_location='cpu', weights_only=True).items()}, '"
                        + converted
                        + "', metadata={'format': 'pt'})");
    }

    /** Returns the refusal of a checkpoint of several pickles. */
    static BadFileException shardedPickle(Path index) {
        return refused(
                index,
                "from transformers import AutoModelForCausalLM as M;"
                        + " M.from_pretrained('.').save_pretrained('converted')");
    }

    private static BadFileException refused(Path file, String python) {
        return new BadFileException(
                file,
                "is a PyTorch pickle, which is refused because unpickling runs code that the file"
                        + " brings along",
                "Convert it once, in its directory: python -c \"" + python + "\"");
    }

    private static String pythonName(Path file) {
        String name = Names.fileName(file);
        return name.replaceAll(ODD_CHARACTERS, "").equals(name) ? name : "FILE";
    }

    private static String safetensorsName(String pickle) {
        return switch (pickle) {
            case "pytorch_model.bin" -> "model.safetensors";
            case "pytorch_adapter.bin" -> "adapter.safetensors";
            case "pytorch_model_head.bin" -> "model_head.safetensors";
            case "pytorch_model_adapter_fusion.bin" -> "model_adapter_fusion.safetensors";
            case "FILE" -> "FILE.safetensors";
            default ->
                    pickle.replaceFirst("\\.(bin|pt|pth|ckpt|safetensors)$", "") + ".safetensors";
        };
    }
}
