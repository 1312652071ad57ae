package org.peft4j.adapter.adaption;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.AdapterOrigin;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftException;
import org.peft4j.core.TaskType;

/**
 * The settings of a LLaMA-Adapter, as peft's {@code AdaptionPromptConfig}.
 *
 * @param origin where the adapter comes from
 * @param adapterLen how many tokens the prompt of a layer has; the paper takes 10
 * @param adapterLayers how many layers have one, counted from the top; the paper takes 30 of 32;
 *     null for all
 * @param targetModules the name of the attention modules; null for the base's own
 * @param modulesToSave modules that are trained and saved as a whole, such as a classifier's head;
 *     peft has no key for them, so that the file does not name them
 */
public record AdaptionPromptConfig(
        AdapterOrigin origin,
        int adapterLen,
        @Nullable Integer adapterLayers,
        @Nullable String targetModules,
        List<String> modulesToSave)
        implements PeftConfig {

    /** The method's name in {@code adapter_config.json}. */
    public static final String PEFT_TYPE = "ADAPTION_PROMPT";

    /** Checks the settings. */
    public AdaptionPromptConfig {
        modulesToSave = List.copyOf(modulesToSave);
        requirePositive("adapter_len", adapterLen);
        if (adapterLayers != null) {
            requirePositive("adapter_layers", adapterLayers);
        }
    }

    private static void requirePositive(String key, int value) {
        if (value < 1) {
            throw new PeftException(key + " must be at least 1, but is " + value + ".");
        }
    }

    /**
     * Prompts in every layer.
     *
     * @param adapterLen how many tokens each has
     */
    public static AdaptionPromptConfig of(int adapterLen) {
        return new AdaptionPromptConfig(AdapterOrigin.unknown(), adapterLen, null, null, List.of());
    }

    /** Returns the same settings for so many layers, counted from the top. */
    public AdaptionPromptConfig withLayers(int layers) {
        return new AdaptionPromptConfig(origin, adapterLen, layers, targetModules, modulesToSave);
    }

    /** Returns the same settings for attention modules of a name. */
    public AdaptionPromptConfig withTarget(String name) {
        return new AdaptionPromptConfig(origin, adapterLen, adapterLayers, name, modulesToSave);
    }

    /** Returns the same settings with a task that is written to the file. */
    public AdaptionPromptConfig withTask(@Nullable TaskType task) {
        return withOrigin(origin.withTask(task));
    }

    private AdaptionPromptConfig withOrigin(AdapterOrigin other) {
        return new AdaptionPromptConfig(
                other, adapterLen, adapterLayers, targetModules, modulesToSave);
    }

    int settledLayers() {
        return Objects.requireNonNull(adapterLayers);
    }

    @Override
    public String peftType() {
        return PEFT_TYPE;
    }

    @Override
    public JsonObject toJson() {
        return AdaptionPromptConfigJson.write(this);
    }

    @Override
    public AdaptionPromptConfig withBaseModel(String nameOrPath) {
        return withOrigin(origin.withBase(nameOrPath));
    }

    @Override
    public AdaptionPromptConfig withModulesToSave(List<String> names) {
        return new AdaptionPromptConfig(origin, adapterLen, adapterLayers, targetModules, names);
    }
}
