package org.peft4j.adapter.hub;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.peft4j.adapter.fusion.FusionConfig;
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
import org.peft4j.core.targets.Targets;

/** Writes an adapter, or several as one, as {@code save_adapter(…, use_safetensors=True)} does. */
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
    private final List<Adapter> parts;
    private final HubKind kind;
    private final String name;
    private final List<TensorSource> own = new ArrayList<>();
    private final Map<String, TensorSource> head = new LinkedHashMap<>();

    private HubWriter(BaseModel base, List<Adapter> parts, HubKind kind, String name) {
        this.base = base;
        this.parts = parts;
        this.kind = kind;
        this.name = name;
    }

    /** Prepares to write one adapter. */
    static HubWriter of(BaseModel base, Adapter adapter) {
        String type = adapter.config().peftType();
        if (type.equals(FusionConfig.PEFT_TYPE)) {
            String members = String.join(",", adapter.config().composes());
            return new HubWriter(base, List.of(adapter), HubKind.FUSION, members);
        }
        return new HubWriter(base, List.of(adapter), HubKind.ADAPTER, adapter.name());
    }

    /** Prepares to write several that act as one. */
    static HubWriter of(BaseModel base, String name, List<Adapter> parts) {
        List<HubArchitecture> architectures = parts.stream().map(HubWriter::architecture).toList();
        if (new HashSet<>(architectures).size() < architectures.size()) {
            throw noWords("a union with two parts of one method, as " + parts);
        }
        return new HubWriter(base, parts, HubKind.ADAPTER, name);
    }

    /**
     * Says that the format cannot hold something.
     *
     * @param what it is
     */
    static PeftException noWords(String what) {
        return new PeftException(
                "AdapterHub's format has no words for "
                        + what
                        + ". Save the adapter in this library's own: save(name, directory).");
    }

    private static HubArchitecture architecture(Adapter adapter) {
        return HubArchitecture.ofType(adapter.config().peftType())
                .orElseThrow(() -> noWords("a " + adapter));
    }

    void write(Path directory) {
        JsonObject config = config();
        parts.forEach(this::collect);
        AtomicFileGroup group = new AtomicFileGroup(directory);
        group.add(kind.config, FileBody.of(PythonJson.dumps(config)));
        group.add(kind.weights, SafetensorsWriter.body(own, Map.of()));
        if (!head.isEmpty()) {
            group.add(HubKind.HEAD_CONFIG, FileBody.of(PythonJson.dumps(headConfig())));
            group.add(
                    HubKind.HEAD_WEIGHTS,
                    SafetensorsWriter.body(List.copyOf(head.values()), Map.of()));
        }
        group.commit();
    }

    private void collect(Adapter adapter) {
        HubKeys keys = new HubKeys(name, base);
        for (Parameter parameter : adapter.parameters()) {
            Optional<String> hubKey = keys.toHub(parameter.key());
            if (hubKey.isEmpty()) {
                String plain = parameter.key().substring(AdapterBuilder.KEY_PREFIX.length());
                requireSaved(adapter, plain);
                head.put(plain, source(plain, parameter)); // the last part's answers
                continue;
            }
            own.add(source(hubKey.get(), parameter));
            keys.repeated(hubKey.get()).forEach(again -> own.add(source(again, parameter)));
        }
    }

    /** What is none of the method's own must be of a module that is trained as a whole. */
    private void requireSaved(Adapter adapter, String key) {
        String module = key.substring(0, Math.max(0, key.lastIndexOf('.')));
        if (!Targets.isSaved(module, adapter.config().modulesToSave())
                && !Targets.isInside(module, base.headModules())) {
            throw noWords(key + " of " + adapter);
        }
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
        json.addProperty("name", name);
        if (kind == HubKind.FUSION) {
            JsonObject settings = parts.get(0).config().toJson();
            json.add("adapter_names", settings.get("adapter_names"));
            json.add("config", shared(settings));
        } else if (parts.size() == 1) {
            json.add("config", settings(parts.get(0)));
        } else {
            JsonArray configs = new JsonArray();
            parts.forEach(part -> configs.add(settings(part)));
            JsonObject union = new JsonObject();
            union.addProperty(HubArchitecture.KEY, HubArchitecture.UNION);
            union.add("configs", configs);
            json.add("config", union);
        }
        return json;
    }

    private JsonObject settings(Adapter adapter) {
        JsonObject settings = adapter.config().toJson();
        return switch (architecture(adapter)) {
            case BOTTLENECK -> shared(settings);
            case PREFIX_TUNING -> HubPrefix.toHub(shared(settings), base);
            case LORA -> HubLora.toHub(settings, keys(adapter), base);
        };
    }

    private static Set<String> keys(Adapter adapter) {
        return adapter.parameters().stream().map(Parameter::key).collect(Collectors.toSet());
    }

    /** The settings that both libraries know by the same keys. */
    private static JsonObject shared(JsonObject settings) {
        OWN_KEYS.forEach(settings::remove);
        return settings;
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
