package org.peft4j.adapter.hub;

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
import org.jspecify.annotations.Nullable;
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

/** Reads a directory of AdapterHub's: all of it, or one part of a union. */
final class HubReader {

    private static final Logger LOG = LoggerFactory.getLogger(HubReader.class);

    /** Activations had other names before files had a {@code version}. */
    private static final Map<String, String> OLD_ACTIVATIONS =
            Map.of("gelu", "gelu_new", "gelu_orig", "gelu");

    private final Path directory;
    private final HubKind kind;
    private final BaseModel base;
    private final @Nullable HubArchitecture part;
    private final JsonFields json;
    private final Map<String, TensorEntry> tensors = new TreeMap<>();
    private final List<SafetensorsFile> files = new ArrayList<>();
    private final Set<String> trained = new TreeSet<>();

    /**
     * Prepares to read.
     *
     * @param part the part of a union, or null for what is none
     */
    HubReader(Path directory, HubKind kind, BaseModel base, @Nullable HubArchitecture part) {
        this.directory = directory;
        this.kind = kind;
        this.base = base;
        this.part = part;
        this.json = JsonFields.read(directory.resolve(kind.config));
    }

    ForeignAdapter read() {
        HubUnion union = HubUnion.of(json);
        JsonFields own = part == null ? union.only() : union.part(part);
        Path weights = directory.resolve(kind.weights);
        readAdapter(open(weights, kind.pickle), own, union);
        JsonObject config = config(own);
        if (union.isLast(own)) {
            readHead(); // the last one's answers
        }
        List<String> modules = List.copyOf(trained);
        config.add("modules_to_save", PeftConfigJson.namesOrNull(modules));
        return new ForeignAdapter(
                directory,
                JsonFields.of(json.file(), config),
                AdapterTensors.renamed(weights, files, tensors));
    }

    private JsonObject config(JsonFields own) {
        JsonObject config =
                switch (HubUnion.architecture(own)) {
                    case BOTTLENECK -> bottleneck(own);
                    case PREFIX_TUNING -> HubPrefix.toOurs(own, base);
                    case LORA ->
                            HubLora.toOurs(
                                    own,
                                    json.optionalString("version").orElse(""),
                                    tensors.keySet(),
                                    base);
                };
        json.optionalString("model_name")
                .ifPresent(model -> config.addProperty("base_model_name_or_path", model));
        return config;
    }

    private JsonObject bottleneck(JsonFields own) {
        JsonObject config = own.object().deepCopy();
        config.remove(HubArchitecture.KEY);
        if (!json.has("version") && config.get("non_linearity") instanceof JsonPrimitive name) {
            String old = name.getAsString();
            config.addProperty("non_linearity", OLD_ACTIVATIONS.getOrDefault(old, old));
        }
        config.addProperty("peft_type", kind.peftType);
        if (kind == HubKind.FUSION) {
            config.add("adapter_names", PeftConfigJson.array(names(), JsonPrimitive::new));
        }
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

    private void readAdapter(SafetensorsFile file, JsonFields own, HubUnion union) {
        HubKeys keys = new HubKeys(json.string("name"), base);
        boolean normBefore = own.optionalBool("ln_before").orElse(false);
        file.entries()
                .forEach(
                        (hubKey, entry) -> {
                            HubKeys.Own found =
                                    keys.toOurs(hubKey)
                                            .orElse(
                                                    new HubKeys.Own(
                                                            "",
                                                            AdapterBuilder.KEY_PREFIX + hubKey));
                            if (!HubKeys.isRepeated(hubKey, normBefore)
                                    && union.belongs(found.holder(), own)) {
                                tensors.put(found.key(), entry);
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
        Map<String, TensorEntry> entries = file.entries();
        Map<String, String> names = NumberedHead.of(directory, base).names(entries.keySet());
        Set<String> unknown = new TreeSet<>();
        entries.forEach(
                (stored, entry) -> {
                    String name = names.getOrDefault(stored, stored);
                    String module = name.substring(0, Math.max(0, name.lastIndexOf('.')));
                    if (!modules.has(module)) {
                        unknown.add(stored);
                    } else if (modules.isHead(module) || modules.differs(name, file, entry)) {
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
