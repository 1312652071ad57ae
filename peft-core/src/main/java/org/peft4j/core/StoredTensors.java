package org.peft4j.core;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.peft4j.core.files.AdapterTensors;
import org.peft4j.core.files.TensorEntry;
import org.peft4j.core.ops.DType;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.ops.WeightOps;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An adapter's tensors, read for a base that it may or may not fit.
 *
 * @param base the base
 * @param file where they lie
 */
record StoredTensors(BaseModel base, AdapterTensors file) {

    private static final Logger LOG = LoggerFactory.getLogger(StoredTensors.class);

    private static final int NAMES_SHOWN = 6;

    Path path() {
        return file.path();
    }

    Set<String> names() {
        return file.entries().keySet();
    }

    /**
     * Checks that the file holds what it should.
     *
     * @param expected the names
     * @param remedy what to do if it does not
     */
    void requireNames(Set<String> expected, String remedy) {
        Set<String> missing = new TreeSet<>(expected);
        missing.removeAll(names());
        Set<String> unexpected = new TreeSet<>(names());
        unexpected.removeAll(expected);
        FrozenCopies copies = new FrozenCopies(base, this);
        unexpected.removeIf(key -> copies.isOne(key, expected));
        NameDifferences differences = new NameDifferences(base, missing, unexpected);
        Set<String> ignored = differences.withoutModule();
        if (!ignored.isEmpty()) {
            LOG.warn(
                    "{}: the base has no module for {}; they are ignored, as Python ignores them",
                    path(),
                    some(ignored));
            unexpected.removeAll(ignored);
        }
        if (!missing.isEmpty() || !unexpected.isEmpty()) {
            throw new BadFileException(
                    path(),
                    "the tensors are not those that adapter_config.json and this base ("
                            + base.info().nameOrPath()
                            + ") imply; missing: "
                            + some(missing)
                            + "; unexpected: "
                            + some(unexpected),
                    differences.remedy().orElse(remedy));
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

    void requireShape(String key, long[] shape) {
        TensorEntry entry = file.entry(key);
        if (!Arrays.equals(entry.dimensions(), shape)) {
            VocabularyTables.of(base).requireTokens(this, key, shape);
            throw new BadFileException(
                    path(),
                    key
                            + " has the shape "
                            + Arrays.toString(entry.dimensions())
                            + ", but adapter_config.json and this base ("
                            + base.info().nameOrPath()
                            + ") imply "
                            + Arrays.toString(shape),
                    "Load it on the base it was trained on, with the config it was saved with");
        }
    }

    /** Reads a tensor in float32 to the base's device; the caller closes it. */
    Tensor read(String key) {
        WeightOps ops = base.door().weights();
        TensorEntry entry = file.entry(key);
        DType stored =
                FrozenWeights.dtypeOf(entry.type())
                        .filter(DType::isFloating)
                        .orElseThrow(() -> notFloating(entry));
        try (Tensor read = ops.fromBytes(file.read(entry), stored, entry.dimensions())) {
            Tensor value = ops.cast(read, DType.FLOAT32);
            if (!ops.allFinite(value)) {
                value.close();
                throw new BadFileException(
                        path(),
                        key + " holds NaN or infinity",
                        "Load an earlier save of this adapter, or train it again");
            }
            return value;
        }
    }

    /** Reads a parameter's value. */
    void readInto(Parameter parameter) {
        try (Tensor value = read(parameter.key())) {
            base.door().updates().assign(parameter.value(), value);
        }
    }

    private BadFileException notFloating(TensorEntry entry) {
        return new BadFileException(
                path(),
                entry.name() + " has the type " + entry.type() + ", not a floating-point one",
                "Save the adapter again");
    }
}
