package org.peft4j.core;

import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.files.AdapterDirectory;
import org.peft4j.core.files.StoredTensors;
import org.peft4j.core.files.StoredType;
import org.peft4j.core.files.TensorEntry;
import org.peft4j.core.files.TensorSource;
import org.peft4j.core.ops.DType;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.ops.WeightOps;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads and writes adapters as {@code peft} does, and refuses one that does not fit its base. */
final class AdapterFiles {

    private static final Logger LOG = LoggerFactory.getLogger(AdapterFiles.class);
    private static final int NAMES_SHOWN = 6;

    private AdapterFiles() {}

    static Adapter load(PeftModel model, String name, Path directory) {
        StoredAdapter files = open(directory, model.base());
        PeftMethod method = PeftMethods.of(files.config().string("peft_type"));
        PeftConfig config = method.readConfig(files.config());
        String trainedOn = config.baseModelNameOrPath();
        String present = model.base().info().nameOrPath();
        if (trainedOn != null && !lastPart(trainedOn).equals(lastPart(present))) {
            LOG.warn(
                    "adapter {} in {} was trained on {}, and this base is {}",
                    name,
                    directory,
                    trainedOn,
                    present);
        }
        Adapter adapter = build(model, name, files, method, config);
        try {
            fill(model.base(), adapter, files);
        } catch (RuntimeException e) {
            adapter.lease().release();
            throw e;
        }
        return adapter;
    }

    private static StoredAdapter open(Path directory, BaseModel base) {
        if (Files.isDirectory(directory)) {
            for (AdapterFormat format : ServiceLoader.load(AdapterFormat.class)) {
                if (format.recognises(directory)) {
                    return format.read(directory, base);
                }
            }
        }
        AdapterDirectory files = AdapterDirectory.open(directory);
        return new StoredAdapter(
                files.path(), files.configFields(), StoredTensors.of(files.weights()));
    }

    private static Adapter build(
            PeftModel model,
            String name,
            StoredAdapter files,
            PeftMethod method,
            PeftConfig config) {
        Path directory = files.path();
        try {
            PeftConfig resolved = method.resolve(config, model.base());
            return model.build(name, method, resolved, files.tensors(), 0);
        } catch (BadFileException e) {
            throw e;
        } catch (PeftException e) {
            throw new BadFileException(
                    directory,
                    "the adapter does not fit this base ("
                            + model.base().info().nameOrPath()
                            + "): "
                            + withoutFullStop(String.valueOf(e.getMessage())),
                    "Load it on the base it was trained on" + trainedOn(config),
                    e);
        }
    }

    private static void fill(BaseModel base, Adapter adapter, StoredAdapter files) {
        StoredTensors weights = files.tensors();
        Map<String, Parameter> expected = new TreeMap<>();
        adapter.parameters().forEach(parameter -> expected.put(parameter.key(), parameter));
        Set<String> aliases = adapter.aliases().keySet();
        adapter.aliases()
                .forEach((alias, key) -> expected.put(alias, adapter.parameter(key).orElseThrow()));
        requireSameNames(base, adapter, expected.keySet(), weights);
        expected.forEach(
                (key, parameter) ->
                        requireShape(
                                base,
                                weights,
                                weights.entry(key),
                                parameter.value().shape().getShape()));
        expected.forEach(
                (key, parameter) -> {
                    if (!aliases.contains(key)) {
                        try (Tensor value = read(base, weights, key)) {
                            base.door().updates().assign(parameter.value(), value);
                        }
                    }
                });
        for (String alias : aliases) {
            try (Tensor value = read(base, weights, alias)) {
                requireSame(base, weights, alias, expected.get(alias), value);
            }
        }
    }

    static void requireShape(
            BaseModel base, StoredTensors weights, TensorEntry entry, long[] shape) {
        if (!Arrays.equals(entry.dimensions(), shape)) {
            throw new BadFileException(
                    weights.path(),
                    entry.name()
                            + " has the shape "
                            + Arrays.toString(entry.dimensions())
                            + ", but adapter_config.json and this base ("
                            + base.info().nameOrPath()
                            + ") imply "
                            + Arrays.toString(shape),
                    "Load it on the base it was trained on, with the config it was saved with");
        }
    }

    private static Tensor read(BaseModel base, StoredTensors weights, String key) {
        WeightOps ops = base.door().weights();
        TensorEntry entry = weights.entry(key);
        DType stored =
                FrozenWeights.dtypeOf(entry.type())
                        .filter(DType::isFloating)
                        .orElseThrow(() -> notFloating(weights.path(), entry));
        try (Tensor read = ops.fromBytes(weights.read(entry), stored, entry.dimensions())) {
            Tensor value = ops.cast(read, DType.FLOAT32);
            if (!ops.allFinite(value)) {
                value.close();
                throw new BadFileException(
                        weights.path(),
                        key + " holds NaN or infinity",
                        "Load an earlier save of this adapter, or train it again");
            }
            return value;
        }
    }

    private static void requireSame(
            BaseModel base,
            StoredTensors weights,
            String alias,
            @Nullable Parameter parameter,
            Tensor value) {
        if (parameter != null
                && base.door().weights().maxDifference(parameter.value(), value) != 0) {
            throw new BadFileException(
                    weights.path(),
                    alias
                            + " and "
                            + parameter.key()
                            + " are one tied weight (ensure_weight_tying), but hold other values",
                    "Save the adapter again, or set ensure_weight_tying to false in"
                            + " adapter_config.json and name both in modules_to_save");
        }
    }

    private static BadFileException notFloating(Path file, TensorEntry entry) {
        return new BadFileException(
                file,
                entry.name() + " has the type " + entry.type() + ", not a floating-point one",
                "Save the adapter again");
    }

    private static void requireSameNames(
            BaseModel base, Adapter adapter, Set<String> expected, StoredTensors weights) {
        Set<String> missing = new TreeSet<>(expected);
        missing.removeAll(weights.entries().keySet());
        Set<String> unexpected = new TreeSet<>(weights.entries().keySet());
        unexpected.removeAll(expected);
        unexpected.removeIf(key -> FrozenCopies.isOne(base, key, () -> read(base, weights, key)));
        if (!missing.isEmpty() || !unexpected.isEmpty()) {
            throw new BadFileException(
                    weights.path(),
                    "the tensors are not those that adapter_config.json and this base ("
                            + base.info().nameOrPath()
                            + ") imply; missing: "
                            + some(missing)
                            + "; unexpected: "
                            + some(unexpected),
                    "Load it on the base it was trained on"
                            + trainedOn(adapter.config())
                            + ", with the config it was saved with");
        }
    }

    private static String some(Set<String> names) {
        if (names.isEmpty()) {
            return "none";
        }
        List<String> shown = names.stream().limit(NAMES_SHOWN).toList();
        int rest = names.size() - shown.size();
        return String.join(", ", shown) + (rest > 0 ? " and " + rest + " more" : "");
    }

    private static String trainedOn(PeftConfig config) {
        return config.baseModelNameOrPath() == null ? "" : ", " + config.baseModelNameOrPath();
    }

    private static String lastPart(String nameOrPath) {
        String trimmed = nameOrPath.replaceAll("[/\\\\]+$", "");
        return trimmed.substring(Math.max(trimmed.lastIndexOf('/'), trimmed.lastIndexOf('\\')) + 1);
    }

    private static String withoutFullStop(String message) {
        return message.endsWith(".") ? message.substring(0, message.length() - 1) : message;
    }

    static void requireFinite(Adapter adapter) {
        for (Parameter parameter : adapter.parameters()) {
            if (!adapter.weightOps().allFinite(parameter.value())) {
                throw new NonFiniteException(
                        parameter.key()
                                + " of "
                                + adapter
                                + " holds NaN or infinity; nothing was saved. Load an earlier save,"
                                + " or train it again with a lower learning rate.");
            }
        }
    }

    static void save(Adapter adapter, Path directory) {
        requireFinite(adapter);
        List<TensorSource> tensors = new ArrayList<>();
        WeightOps ops = adapter.weightOps();
        for (Parameter parameter : adapter.parameters()) {
            tensors.add(source(parameter.key(), parameter.value(), ops));
        }
        adapter.aliases()
                .forEach(
                        (alias, key) ->
                                tensors.add(
                                        source(
                                                alias,
                                                adapter.parameter(key).orElseThrow().value(),
                                                ops)));
        JsonObject config = adapter.config().toJson();
        config.addProperty("inference_mode", true);
        AdapterDirectory.write(directory, config, tensors, Map.of());
    }

    private static TensorSource source(String key, Tensor value, WeightOps ops) {
        return TensorSource.of(
                key, StoredType.F32, value.shape().getShape(), () -> ops.toBytes(value));
    }
}
