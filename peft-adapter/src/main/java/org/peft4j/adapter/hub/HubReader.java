package org.peft4j.adapter.hub;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.peft4j.core.AdapterBuilder;
import org.peft4j.core.BadFileException;
import org.peft4j.core.BaseModel;
import org.peft4j.core.ForeignAdapter;
import org.peft4j.core.PeftConfigJson;
import org.peft4j.core.files.AdapterTensors;
import org.peft4j.core.files.ForeignFormat;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.files.SafetensorsFile;
import org.peft4j.core.files.TensorEntry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads a directory of AdapterHub's. */
final class HubReader {

    private static final Logger LOG = LoggerFactory.getLogger(HubReader.class);

    /** Activations had other names before files had a {@code version}. */
    private static final Map<String, String> OLD_ACTIVATIONS =
            Map.of("gelu", "gelu_new", "gelu_orig", "gelu");

    private final Path directory;
    private final HubKind kind;
    private final BaseModel base;
    private final JsonFields json;
    private final Map<String, TensorEntry> tensors = new TreeMap<>();
    private final List<SafetensorsFile> files = new ArrayList<>();
    private final Set<String> trained = new TreeSet<>();

    HubReader(Path directory, HubKind kind, BaseModel base) {
        this.directory = directory;
        this.kind = kind;
        this.base = base;
        this.json = JsonFields.read(directory.resolve(kind.config));
    }

    ForeignAdapter read() {
        JsonObject config = config();
        Path weights = directory.resolve(kind.weights);
        readAdapter(open(weights, kind.pickle), hasNormBefore(config));
        readHead();
        List<String> modules = List.copyOf(trained);
        config.add("modules_to_save", PeftConfigJson.namesOrNull(modules));
        return new ForeignAdapter(
                directory,
                JsonFields.of(json.file(), config),
                AdapterTensors.renamed(weights, files, tensors));
    }

    private static boolean hasNormBefore(JsonObject config) {
        return config.get("ln_before") instanceof JsonPrimitive value && value.getAsBoolean();
    }

    private JsonObject config() {
        JsonFields inner = json.object("config");
        JsonObject config = inner.object().deepCopy();
        JsonElement architecture = config.remove("architecture");
        if (architecture instanceof JsonPrimitive name
                && !name.getAsString().equals("bottleneck")) {
            throw new BadFileException(
                    json.file(),
                    "holds an adapter of the architecture "
                            + name.getAsString()
                            + ", and only bottleneck adapters are read in AdapterHub's format",
                    "Train it with Python's peft, whose files are read for every other method");
        }
        if (!json.has("version") && config.get("non_linearity") instanceof JsonPrimitive name) {
            String old = name.getAsString();
            config.addProperty("non_linearity", OLD_ACTIVATIONS.getOrDefault(old, old));
        }
        config.addProperty("peft_type", kind.peftType);
        if (kind == HubKind.FUSION) {
            config.add("adapter_names", PeftConfigJson.array(names(), JsonPrimitive::new));
        }
        json.optionalString("model_name")
                .ifPresent(model -> config.addProperty("base_model_name_or_path", model));
        return config;
    }

    private List<String> names() {
        return json.has("adapter_names")
                ? json.strings("adapter_names")
                : List.of(json.string("name").split(","));
    }

    private SafetensorsFile open(Path weights, String pickle) {
        if (!Files.exists(weights) && Files.exists(directory.resolve(pickle))) {
            throw ForeignFormat.pickle(directory.resolve(pickle));
        }
        if (!Files.exists(weights)) {
            throw new BadFileException(
                    directory,
                    "has " + kind.config + " but no " + kind.weights,
                    "Save it again with save_adapter(…, use_safetensors=True)");
        }
        SafetensorsFile file = SafetensorsFile.open(weights);
        files.add(file);
        return file;
    }

    private void readAdapter(SafetensorsFile file, boolean normBefore) {
        HubKeys keys = new HubKeys(json.string("name"), base);
        file.entries()
                .forEach(
                        (hubKey, entry) -> {
                            String key =
                                    keys.toOurs(hubKey).orElse(AdapterBuilder.KEY_PREFIX + hubKey);
                            // the norm has a second name, as the first part of the map down
                            if (!(normBefore && key.contains(".adapters.adapter_down.0."))) {
                                tensors.put(key, entry);
                            }
                        });
    }

    private void readHead() {
        Path weights = directory.resolve(HubKind.HEAD_WEIGHTS);
        if (!Files.exists(weights)) {
            if (Files.exists(directory.resolve(HubKind.HEAD_PICKLE))) {
                throw ForeignFormat.pickle(directory.resolve(HubKind.HEAD_PICKLE));
            }
            return;
        }
        SafetensorsFile file = SafetensorsFile.open(weights);
        files.add(file);
        HeadModules modules = new HeadModules(base);
        Set<String> unknown = new TreeSet<>();
        file.entries()
                .forEach(
                        (name, entry) -> {
                            String module = name.substring(0, Math.max(0, name.lastIndexOf('.')));
                            if (!modules.has(module)) {
                                unknown.add(name);
                            } else if (modules.isHead(module)
                                    || modules.differs(name, file, entry)) {
                                trained.add(modules.saved(module));
                                tensors.put(AdapterBuilder.KEY_PREFIX + name, entry);
                            }
                        });
        if (!unknown.isEmpty()) {
            LOG.warn(
                    "{}: the head's tensors {} are left, because this base has no such modules; its own"
                            + " head answers the task",
                    weights,
                    unknown);
        }
    }
}
