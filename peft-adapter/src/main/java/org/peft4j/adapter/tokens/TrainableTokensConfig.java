package org.peft4j.adapter.tokens;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.AdapterOrigin;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftConfigJson;
import org.peft4j.core.PeftException;
import org.peft4j.core.TaskType;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.targets.TargetSpec;

/**
 * The settings of trainable tokens, one for one those of peft's {@code TrainableTokensConfig}.
 *
 * @param origin the base and the task
 * @param tokenIndices the ids of the tokens, each once
 * @param targetModules the embeddings; by default the one that embeds the input ids
 * @param initWeights whether the tokens start as the base has them, so that a fresh adapter changes
 *     nothing; else they are drawn from N(0, 1)
 * @param modulesToSave modules of a task's head that are trained and saved along; the file's config
 *     does not name them
 */
public record TrainableTokensConfig(
        AdapterOrigin origin,
        List<Integer> tokenIndices,
        TargetSpec targetModules,
        boolean initWeights,
        List<String> modulesToSave)
        implements PeftConfig {

    /** The {@code peft_type} of trainable tokens. */
    public static final String PEFT_TYPE = "TRAINABLE_TOKENS";

    /** Checks every value. */
    public TrainableTokensConfig {
        tokenIndices = List.copyOf(tokenIndices);
        modulesToSave = List.copyOf(modulesToSave);
        if (tokenIndices.isEmpty()) {
            throw new PeftException("token_indices is empty. Name the ids of the tokens to train.");
        }
        if (new HashSet<>(tokenIndices).size() < tokenIndices.size()) {
            throw new PeftException(
                    "token_indices must hold each id once, but is " + tokenIndices + ".");
        }
    }

    /** These tokens, starting as the base has them. */
    public TrainableTokensConfig(Integer... tokenIndices) {
        this(
                AdapterOrigin.unknown(),
                List.of(tokenIndices),
                new TargetSpec.Default(),
                true,
                List.of());
    }

    /** The same tokens of other embeddings, by path or ending. */
    public TrainableTokensConfig withTargetModules(String... names) {
        return withTargetModules(new TargetSpec.Names(List.of(names)));
    }

    /** The same tokens of other embeddings. */
    public TrainableTokensConfig withTargetModules(TargetSpec modules) {
        return new TrainableTokensConfig(origin, tokenIndices, modules, initWeights, modulesToSave);
    }

    /** The same settings with another start. */
    public TrainableTokensConfig withInitWeights(boolean fromBase) {
        return new TrainableTokensConfig(
                origin, tokenIndices, targetModules, fromBase, modulesToSave);
    }

    /** The same settings for a task, which peft notes in the file. */
    public TrainableTokensConfig withTaskType(@Nullable TaskType task) {
        return withOrigin(origin.withTask(task));
    }

    private TrainableTokensConfig withOrigin(AdapterOrigin other) {
        return new TrainableTokensConfig(
                other, tokenIndices, targetModules, initWeights, modulesToSave);
    }

    @Override
    public String peftType() {
        return PEFT_TYPE;
    }

    @Override
    public TrainableTokensConfig withModulesToSave(List<String> names) {
        return new TrainableTokensConfig(origin, tokenIndices, targetModules, initWeights, names);
    }

    @Override
    public TrainableTokensConfig withBaseModel(String nameOrPath) {
        return withOrigin(origin.withBase(nameOrPath));
    }

    @Override
    public JsonObject toJson() {
        JsonObject json = new JsonObject();
        origin.writeTo(json, PEFT_TYPE);
        json.add("token_indices", PeftConfigJson.array(tokenIndices, JsonPrimitive::new));
        json.add("target_modules", targetModules.toJson());
        json.addProperty("init_weights", initWeights);
        return json;
    }

    static TrainableTokensConfig read(JsonFields json) {
        return PeftConfigJson.read(
                json,
                new JsonObject(),
                () ->
                        new TrainableTokensConfig(
                                AdapterOrigin.read(json),
                                json.optionalIntegers("token_indices").orElse(List.of()),
                                TargetSpec.read(json, "target_modules"),
                                json.optionalBool("init_weights").orElse(true),
                                List.of()));
    }
}
