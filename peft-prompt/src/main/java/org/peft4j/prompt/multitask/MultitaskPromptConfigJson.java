package org.peft4j.prompt.multitask;

import com.google.gson.JsonObject;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.AdapterOrigin;
import org.peft4j.core.PeftConfigJson;
import org.peft4j.core.files.JsonFields;
import org.peft4j.prompt.VirtualTokens;
import org.peft4j.prompt.internal.InitializationJson;

/** {@code adapter_config.json} of multitask prompt tuning, key by key as peft writes it. */
final class MultitaskPromptConfigJson {

    private MultitaskPromptConfigJson() {}

    static JsonObject write(MultitaskPromptConfig config) {
        JsonObject json = new JsonObject();
        config.origin().writeTo(json, MultitaskPromptConfig.PEFT_TYPE);
        config.virtualTokens().writeTo(json);
        InitializationJson.write(json, config.initialization());
        if (json.get(InitializationJson.KEY).getAsString().equals("SAMPLE_VOCAB")) {
            json.addProperty(InitializationJson.KEY, "RANDOM"); // peft has no other name here
        }
        @Nullable SourceTasks source = config.source();
        if (source != null) {
            json.addProperty(InitializationJson.KEY, source.use().name());
        }
        json.addProperty(
                "prompt_tuning_init_state_dict_path", source == null ? null : source.path());
        json.addProperty("prompt_tuning_init_task", source == null ? 0 : source.task());
        json.addProperty("num_tasks", config.tasks());
        json.addProperty("num_ranks", config.ranks());
        json.add("modules_to_save", PeftConfigJson.namesOrNull(config.modulesToSave()));
        return json;
    }

    static MultitaskPromptConfig read(JsonFields json) {
        return PeftConfigJson.read(json, new JsonObject(), () -> settings(json));
    }

    private static MultitaskPromptConfig settings(JsonFields json) {
        MultitaskPromptConfigBuilder builder =
                MultitaskPromptConfig.builder()
                        .origin(AdapterOrigin.read(json))
                        .virtualTokens(VirtualTokens.read(json));
        Optional<SourceTasks.Use> use =
                json.optionalString(InitializationJson.KEY).flatMap(name -> use(name));
        if (use.isPresent()) {
            builder.source(
                    new SourceTasks(
                            json.string("prompt_tuning_init_state_dict_path"),
                            use.get(),
                            json.optionalInt("prompt_tuning_init_task").orElse(0)));
        } else {
            builder.initialization(InitializationJson.read(json));
        }
        json.optionalPositiveInt("num_tasks").ifPresent(builder::tasks);
        json.optionalPositiveInt("num_ranks").ifPresent(builder::ranks);
        json.optionalStrings("modules_to_save").ifPresent(builder::modulesToSave);
        return builder.build();
    }

    private static Optional<SourceTasks.Use> use(String name) {
        return Arrays.stream(SourceTasks.Use.values())
                .filter(use -> use.name().equals(name))
                .findFirst();
    }
}
