package org.peft4j.core;

import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.files.AdapterDirectory;
import org.peft4j.core.files.SafetensorsWriter;
import org.peft4j.core.files.StoredType;
import org.peft4j.core.files.TensorSource;
import org.peft4j.core.files.Unsettled;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.ops.WeightOps;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads and writes adapters as {@code peft} does, and refuses one that does not fit its base. */
final class AdapterFiles {

    private static final Logger LOG = LoggerFactory.getLogger(AdapterFiles.class);

    private AdapterFiles() {}

    static Adapter load(PeftModel model, String name, Path path, boolean forTraining) {
        return Unsettled.read(() -> load(model, name, open(model.base(), path, forTraining)));
    }

    static Adapter load(
            PeftModel model, String name, Path path, AdapterFormat format, boolean forTraining) {
        BaseModel base = model.base();
        return Unsettled.read(
                () ->
                        load(
                                model,
                                name,
                                StoredAdapter.of(format.read(path, base), base, forTraining)));
    }

    private static Adapter load(PeftModel model, String name, StoredAdapter files) {
        PeftMethod method = PeftMethods.of(files.config().string("peft_type"));
        PeftConfig config = method.readConfig(files.config());
        String trainedOn = config.baseModelNameOrPath();
        String present = model.base().info().nameOrPath();
        if (trainedOn != null && !lastPart(trainedOn).equals(lastPart(present))) {
            LOG.warn(
                    "adapter {} in {} was trained on {}, and this base is {}",
                    name,
                    files.path(),
                    trainedOn,
                    present);
        }
        new FrozenCopies(model.base(), files.weights()).requireTokens();
        Adapter adapter = build(model, name, files, method, config);
        try {
            fill(model.base(), adapter, files);
        } catch (RuntimeException e) {
            adapter.lease().release();
            throw e;
        }
        return adapter;
    }

    private static StoredAdapter open(BaseModel base, Path path, boolean forTraining) {
        if (Files.isDirectory(path)) {
            for (AdapterFormat format : ServiceLoader.load(AdapterFormat.class)) {
                if (format.recognises(path)) {
                    return StoredAdapter.of(format.read(path, base), base, forTraining);
                }
            }
        }
        AdapterDirectory directory =
                forTraining ? AdapterDirectory.openForTraining(path) : AdapterDirectory.open(path);
        return StoredAdapter.of(directory, base, forTraining);
    }

    private static Adapter build(
            PeftModel model,
            String name,
            StoredAdapter files,
            PeftMethod method,
            PeftConfig config) {
        try {
            PeftConfig resolved = method.resolve(config, model.base());
            return model.build(name, method, resolved, files, 0);
        } catch (BadFileException e) {
            throw e;
        } catch (PeftException e) {
            throw new BadFileException(
                    files.path(),
                    "the adapter does not fit this base ("
                            + model.base().info().nameOrPath()
                            + "): "
                            + withoutFullStop(String.valueOf(e.getMessage())),
                    "Load it on the base it was trained on" + trainedOn(config),
                    e);
        }
    }

    private static void fill(BaseModel base, Adapter adapter, StoredAdapter files) {
        Map<String, Parameter> expected = new TreeMap<>();
        adapter.parameters().forEach(parameter -> expected.put(parameter.key(), parameter));
        for (EncodedTensor.Encoder encoder : adapter.encoders()) {
            encoder.keys().forEach(expected::remove);
        }
        Map<String, Parameter> own = Map.copyOf(expected);
        adapter.aliases()
                .forEach((alias, key) -> expected.put(alias, adapter.parameter(key).orElseThrow()));
        StoredTensors weights = files.weights();
        Set<String> names = new TreeSet<>(expected.keySet());
        adapter.encoded().forEach(tensor -> names.add(tensor.key()));
        String remedy =
                "Load it on the base it was trained on"
                        + trainedOn(adapter.config())
                        + ", with the config it was saved with";
        weights.requireNames(names, remedy);
        expected.forEach((key, parameter) -> weights.requireShape(key, shape(parameter.value())));
        adapter.encoded()
                .forEach(tensor -> weights.requireShape(tensor.key(), tensor.dimensions()));
        own.values().forEach(weights::readInto);
        for (String alias : adapter.aliases().keySet()) {
            try (Tensor value = weights.read(alias)) {
                requireSame(base, weights, alias, expected.get(alias), value);
            }
        }
        EncoderFiles.fill(adapter, files, remedy);
    }

    private static long[] shape(Tensor tensor) {
        return tensor.shape().getShape();
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
                            + " are one tied parameter, but hold other values",
                    "Save the adapter again, or, where ensure_weight_tying in adapter_config.json"
                            + " ties them, set it to false and name both in modules_to_save");
        }
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

    static void save(Adapter adapter, Path directory) {
        WeightOps ops = adapter.weightOps();
        Map<String, TensorSource> sources = new LinkedHashMap<>();
        for (Parameter parameter : adapter.parameters()) {
            requireFinite(adapter, parameter.key(), parameter.value());
            sources.put(parameter.key(), source(parameter.key(), parameter.value(), ops));
        }
        adapter.aliases()
                .forEach(
                        (alias, key) ->
                                sources.put(
                                        alias,
                                        source(
                                                alias,
                                                adapter.parameter(key).orElseThrow().value(),
                                                ops)));
        for (SavedTable saved : adapter.savedTables()) {
            sources.put(saved.key(), table(saved, ops));
        }
        List<TensorSource> encoders = EncoderFiles.takeFrom(sources, adapter);
        JsonObject config = adapter.config().toJson();
        config.addProperty("inference_mode", true);
        List<Tensor> made = new ArrayList<>();
        try {
            for (EncodedTensor tensor : adapter.encoded()) {
                EncodedTensor.Encoder encoder = tensor.encoder();
                if (encoder != null) {
                    Tensor value = EncodedTensor.compute(adapter.door(), encoder);
                    made.add(value);
                    requireFinite(adapter, tensor.key(), value);
                    sources.put(tensor.key(), source(tensor.key(), value, ops));
                }
            }
            AdapterDirectory.write(
                    directory,
                    config,
                    List.copyOf(sources.values()),
                    encoders.isEmpty()
                            ? Map.of()
                            : Map.of(
                                    AdapterDirectory.ENCODER,
                                    SafetensorsWriter.body(
                                            encoders, SafetensorsWriter.DEFAULT_METADATA)));
        } finally {
            made.forEach(Tensor::close);
        }
    }

    static void requireFinite(Adapter adapter) {
        for (Parameter parameter : adapter.parameters()) {
            requireFinite(adapter, parameter.key(), parameter.value());
        }
    }

    private static void requireFinite(Adapter adapter, String key, Tensor value) {
        if (!adapter.weightOps().allFinite(value)) {
            throw new NonFiniteException(
                    key
                            + " of "
                            + adapter
                            + " holds NaN or infinity; nothing was saved. Load an earlier save,"
                            + " or train it again with a lower learning rate.");
        }
    }

    private static TensorSource table(SavedTable saved, WeightOps ops) {
        Tensor table = saved.table();
        return TensorSource.of(
                saved.key(),
                FrozenWeights.storedType(table.dtype()),
                shape(table),
                () -> ops.toBytes(table));
    }

    private static TensorSource source(String key, Tensor value, WeightOps ops) {
        return TensorSource.of(
                key, StoredType.F32, value.shape().getShape(), () -> ops.toBytes(value));
    }
}
