package org.peft4j.adapter.hub;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.peft4j.core.Adapter;
import org.peft4j.core.AdapterBuilder;
import org.peft4j.core.BaseModel;
import org.peft4j.core.Parameter;
import org.peft4j.core.PeftException;
import org.peft4j.core.TaskType;
import org.peft4j.core.files.AtomicFileGroup;
import org.peft4j.core.files.FileBody;
import org.peft4j.core.files.PythonJson;
import org.peft4j.core.files.SafetensorsWriter;
import org.peft4j.core.files.StoredType;
import org.peft4j.core.files.TensorSource;
import org.peft4j.core.ops.Tensor;

/** Writes an adapter as {@code save_adapter(…, use_safetensors=True)} does. */
final class HubWriter {

    /** The version whose files these are. */
    private static final String VERSION = "adapters.1.3.0";

    /** What every config of this library has and AdapterHub's have not. */
    private static final Set<String> OWN_KEYS =
            Set.of(
                    "peft_type",
                    "task_type",
                    "base_model_name_or_path",
                    "revision",
                    "auto_mapping",
                    "peft_version",
                    "inference_mode",
                    "modules_to_save",
                    "adapter_names");

    private final BaseModel base;
    private final Adapter adapter;
    private final HubKind kind;
    private final String name;
    private final List<TensorSource> own = new ArrayList<>();
    private final List<TensorSource> head = new ArrayList<>();

    HubWriter(BaseModel base, Adapter adapter) {
        this.base = base;
        this.adapter = adapter;
        this.kind = kind(adapter);
        this.name =
                kind == HubKind.FUSION
                        ? String.join(",", adapter.config().composes())
                        : adapter.name();
    }

    private static HubKind kind(Adapter adapter) {
        for (HubKind kind : HubKind.values()) {
            if (kind.peftType.equals(adapter.config().peftType())) {
                return kind;
            }
        }
        throw new PeftException(
                "AdapterHub's format is written for bottleneck adapters and fusions, not for a "
                        + adapter
                        + ". Save it in peft's format: save(name, directory).");
    }

    void write(Path directory) {
        HubKeys keys = new HubKeys(name, base);
        for (Parameter parameter : adapter.parameters()) {
            Optional<String> hubKey = keys.toHub(parameter.key());
            if (hubKey.isEmpty()) {
                String plain = parameter.key().substring(AdapterBuilder.KEY_PREFIX.length());
                head.add(source(plain, parameter));
                continue;
            }
            own.add(source(hubKey.get(), parameter));
            if (hubKey.get().contains(".adapter_norm_before.")) {
                // the norm's second name, as the first part of the map down
                own.add(
                        source(
                                hubKey.get().replace(".adapter_norm_before.", ".adapter_down.0."),
                                parameter));
            }
        }
        AtomicFileGroup group = new AtomicFileGroup(directory);
        group.add(kind.config, FileBody.of(PythonJson.dumps(config())));
        group.add(kind.weights, SafetensorsWriter.body(own, java.util.Map.of()));
        if (!head.isEmpty()) {
            group.add(HubKind.HEAD_CONFIG, FileBody.of(PythonJson.dumps(headConfig())));
            group.add(HubKind.HEAD_WEIGHTS, SafetensorsWriter.body(head, java.util.Map.of()));
        }
        group.commit();
    }

    private TensorSource source(String key, Parameter parameter) {
        Tensor value = parameter.value();
        return TensorSource.of(
                key,
                StoredType.F32,
                value.shape().getShape(),
                () -> base.door().weights().toBytes(value));
    }

    private JsonObject config() {
        JsonObject json = about();
        JsonObject settings = adapter.config().toJson();
        if (kind == HubKind.FUSION) {
            json.add("adapter_names", settings.get("adapter_names"));
        }
        OWN_KEYS.forEach(settings::remove);
        json.add("config", settings);
        json.addProperty("name", name);
        return json;
    }

    private JsonObject headConfig() {
        JsonObject json = about();
        json.add("config", JsonNull.INSTANCE);
        json.add("name", JsonNull.INSTANCE);
        List<String> labels =
                base.labels().isEmpty() ? List.of("LABEL_0", "LABEL_1") : base.labels();
        JsonObject ids = new JsonObject();
        for (int i = 0; i < labels.size(); i++) {
            ids.addProperty(labels.get(i), i);
        }
        json.add("label2id", ids);
        json.addProperty("num_labels", labels.size());
        return json;
    }

    private JsonObject about() {
        JsonObject json = new JsonObject();
        json.addProperty("hidden_size", base.info().hiddenSize());
        json.addProperty("model_class", modelClass());
        json.addProperty("model_name", base.info().nameOrPath());
        json.addProperty("model_type", base.info().modelType());
        json.addProperty("version", VERSION);
        return json;
    }

    /** The Python class that the base would be for its task. */
    private String modelClass() {
        JsonElement classes = base.config().get("architectures");
        String stored =
                classes instanceof JsonArray array && !array.isEmpty()
                        ? array.get(0).getAsString()
                        : "";
        Optional<String> task = suffix(base.info().task());
        if (task.isEmpty() || stored.endsWith(task.get())) {
            return stored;
        }
        return stored.replaceFirst("(LMHeadModel|Model|For[A-Z]\\w+)$", "") + task.get();
    }

    private static Optional<String> suffix(TaskType task) {
        return switch (task) {
            case SEQ_CLS -> Optional.of("ForSequenceClassification");
            case TOKEN_CLS -> Optional.of("ForTokenClassification");
            case QUESTION_ANS -> Optional.of("ForQuestionAnswering");
            case FEATURE_EXTRACTION -> Optional.of("Model");
            case CAUSAL_LM, SEQ_2_SEQ_LM -> Optional.empty();
        };
    }
}
