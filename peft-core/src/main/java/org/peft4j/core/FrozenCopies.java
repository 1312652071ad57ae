package org.peft4j.core;

import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.peft4j.core.ops.DType;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.ops.WeightOps;
import org.peft4j.core.points.EmbeddingPoint;
import org.peft4j.core.points.InjectionPoint;
import org.peft4j.core.points.LinearPoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What peft writes into an adapter's file beside what was trained: the frozen tables of the
 * vocabulary, where they were resized or are targets ({@code save_embedding_layers}), and trained
 * copies a second time, under the names that they have inside its wrappers.
 *
 * <p>When peft loads such a file, a frozen table replaces the base's. Here it does so for the
 * adapter that it came with, and for no other.
 */
final class FrozenCopies {

    private static final Logger LOG = LoggerFactory.getLogger(FrozenCopies.class);

    private static final String WEIGHT = "weight";
    private static final String TOKENS = "trainable_tokens_delta";
    private static final String TRAINED = ".modules_to_save.";
    private static final String ORIGINAL = ".original_module.";

    /** What peft puts between the path of a module and the name of a frozen parameter. */
    private static final Set<String> WRAPPERS =
            Set.of("base_layer", "original_module", "token_adapter");

    private final BaseModel base;
    private final StoredTensors file;
    private final VocabularyTables tables;

    FrozenCopies(BaseModel base, StoredTensors file) {
        this.base = base;
        this.file = file;
        this.tables = VocabularyTables.of(base);
    }

    /**
     * Refuses an adapter that was trained with another number of tokens.
     *
     * @throws BadFileException with both numbers
     */
    void requireTokens() {
        tables().forEach(
                        (key, point) ->
                                tables.requireTokens(
                                        file,
                                        key,
                                        VocabularyTables.table(point).shape().getShape()));
    }

    /** Returns how many tokens the adapter was trained with, or the base's own number. */
    int tokens() {
        return tables().keySet().stream()
                .map(key -> file.file().entry(key).dimensions())
                .filter(shape -> shape.length == 2)
                .findFirst()
                .map(shape -> Math.toIntExact(shape[0]))
                .orElse((int) base.info().vocabularySize());
    }

    /** The tables of the vocabulary in the file, frozen ones and trained copies. */
    private Map<String, InjectionPoint> tables() {
        Map<String, InjectionPoint> found = new TreeMap<>();
        for (String key : file.names()) {
            tables.placeOf(key)
                    .filter(place -> isTable(place.rest().replace("modules_to_save.", "")))
                    .ifPresent(place -> found.put(key, place.point()));
        }
        return found;
    }

    /**
     * Returns whether a tensor is one that peft writes and that says nothing more than others do.
     *
     * @param key a name that is not expected
     * @param expected the names of what was trained
     */
    boolean isOne(String key, Set<String> expected) {
        return repeats(key, expected)
                || tables.placeOf(key).filter(place -> isTable(place.rest())).isPresent()
                || frozen(key).map(weight -> isSame(key, weight)).orElse(false);
    }

    /** The trained copy of a module in its wrapper, or trained rows at a module that follows. */
    private boolean repeats(String key, Set<String> expected) {
        if (key.endsWith("." + TOKENS)) {
            return tables.placeOf(key).isPresent()
                    && expected.stream().anyMatch(other -> other.endsWith("." + TOKENS));
        }
        return expected.contains(key.replace(ORIGINAL, "."))
                || expected.contains(key.replace(TRAINED, "."))
                || expected.contains(key.replaceFirst("\\.modules_to_save\\.[^.]+\\.", "."));
    }

    private static boolean isTable(String rest) {
        List<String> parts = List.of(rest.split("\\."));
        int last = parts.size() - 1;
        return parts.get(last).equals(WEIGHT) && WRAPPERS.containsAll(parts.subList(0, last));
    }

    private boolean isSame(String key, Tensor frozen) {
        WeightOps ops = base.door().weights();
        try (Tensor stored = file.read(key)) {
            return Arrays.equals(stored.shape().getShape(), frozen.shape().getShape())
                    && (ops.maxDifference(stored, frozen) == 0 || isRounded(key, stored, frozen));
        }
    }

    /** Whether a copy is what the frozen weight becomes in the copy's dtype. */
    private boolean isRounded(String key, Tensor copy, Tensor frozen) {
        WeightOps ops = base.door().weights();
        Optional<DType> stored = FrozenWeights.dtypeOf(file.file().entry(key).type());
        try (Tensor rounded = ops.cast(frozen, stored.orElseThrow());
                Tensor narrow = ops.cast(copy, frozen.dtype())) {
            return ops.maxDifference(rounded, copy) == 0 || ops.maxDifference(narrow, frozen) == 0;
        }
    }

    private Optional<Tensor> frozen(String key) {
        for (String ending : List.of(".base_layer." + WEIGHT, "." + WEIGHT)) {
            if (key.startsWith(AdapterBuilder.KEY_PREFIX) && key.endsWith(ending)) {
                String path =
                        key.substring(
                                AdapterBuilder.KEY_PREFIX.length(), key.length() - ending.length());
                Optional<Tensor> table =
                        base.points().find(EmbeddingPoint.class, path).map(EmbeddingPoint::table);
                Optional<Tensor> weight =
                        base.points().find(LinearPoint.class, path).map(p -> p.frozen().weight());
                if (table.isPresent() || weight.isPresent()) {
                    return table.isPresent() ? table : weight;
                }
            }
        }
        return Optional.empty();
    }

    /** Lets the tables of the file stand in for the base's where they differ. */
    void place(AdapterBuilder builder) {
        IdentityHashMap<Tensor, String> copies = new IdentityHashMap<>();
        for (InjectionPoint point : tables.points()) {
            for (String key : file.names()) {
                if (isLoaded(builder, point, key)) {
                    copies.put(VocabularyTables.table(point), key); // of tied ones the last counts
                }
            }
        }
        copies.forEach(
                (table, key) -> {
                    List<InjectionPoint> points =
                            tables.sharing(table).stream()
                                    .filter(point -> !builder.trains(point, WEIGHT))
                                    .toList();
                    if (!points.isEmpty()) {
                        place(builder, key, table, points);
                    }
                });
    }

    /** peft looks for a table where its wrappers have it, and passes over other names. */
    private boolean isLoaded(AdapterBuilder builder, InjectionPoint point, String key) {
        return tables.placeOf(key)
                .filter(place -> place.point().equals(point) && isTable(place.rest()))
                .filter(place -> builder.isTaken(point) != place.rest().equals(WEIGHT))
                .filter(place -> !builder.trains(point, place.rest()))
                .isPresent();
    }

    private void place(
            AdapterBuilder builder, String key, Tensor table, List<InjectionPoint> points) {
        tables.requireTokens(file, key, table.shape().getShape());
        file.requireShape(key, table.shape().getShape());
        WeightOps ops = base.door().weights();
        try (Tensor stored = file.read(key)) {
            Tensor copy = ops.cast(stored, table.dtype());
            double difference = ops.maxDifference(copy, table);
            if (difference == 0) {
                copy.close();
                return;
            }
            builder.saved(new SavedTable(key, copy, true));
            tell(key, stored, copy, table, difference);
            boolean sideTaken =
                    tables.sharing(table).stream()
                            .anyMatch(p -> tables.isRead(p) && builder.isTaken(p));
            boolean named = points.stream().anyMatch(this::isName);
            for (InjectionPoint point : points) {
                if (point instanceof LinearPoint linear) {
                    builder.placeBeneath(linear, copy);
                } else if (point instanceof EmbeddingPoint embedding
                        && isName(point) == (named && !sideTaken)) {
                    builder.placeBeneath(embedding, copy);
                }
            }
        }
    }

    /** Whether an embedding is a further name of those that are read, and acts on all of them. */
    private boolean isName(InjectionPoint point) {
        return point instanceof EmbeddingPoint && !tables.isRead(point);
    }

    private void tell(String key, Tensor stored, Tensor copy, Tensor table, double difference) {
        if (isRounded(key, stored, table) || isAdded(copy, table)) {
            LOG.debug("{} of {} stands in for the base's own table", key, file.path());
        } else {
            LOG.warn(
                    "{} of {} differs from the base's own table by up to {}. It is used with this"
                            + " adapter, as peft does",
                    key,
                    file.path(),
                    difference);
        }
    }

    /** Whether a table differs in the rows alone that resizing added to the base. */
    private boolean isAdded(Tensor copy, Tensor table) {
        long published = base.publishedVocabularySize();
        if (published >= table.size(0)) {
            return false;
        }
        WeightOps ops = base.door().weights();
        try (Tensor one = ops.slice(copy, 0, published);
                Tensor other = ops.slice(table, 0, published)) {
            return ops.maxDifference(one, other) == 0;
        }
    }

    /**
     * Notes the tables of a base that was resized: without them nobody could load the adapter on
     * the base as it was published.
     */
    static void keepResized(BaseModel base, AdapterBuilder builder) {
        if (base.publishedVocabularySize() == base.info().vocabularySize()) {
            return;
        }
        VocabularyTables tables = VocabularyTables.of(base);
        for (InjectionPoint point : tables.points()) {
            Tensor table = VocabularyTables.table(point);
            List<InjectionPoint> sharing = tables.sharing(table);
            boolean stands = sharing.stream().anyMatch(builder::isBeneath);
            if (!stands && sharing.get(0).equals(point)) {
                String key = builder.moduleKey(point, builder.wrapper(point) + WEIGHT);
                builder.saved(new SavedTable(key, table, false));
            }
        }
    }
}
