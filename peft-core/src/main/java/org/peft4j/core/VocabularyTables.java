package org.peft4j.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.EmbeddingPoint;
import org.peft4j.core.points.InjectionPoint;
import org.peft4j.core.points.InputPoint;
import org.peft4j.core.points.LinearPoint;
import org.peft4j.core.points.LinearRole;

/**
 * The modules of a base that have a row for each token: its input embeddings, under every name that
 * they have, and its output embedding.
 *
 * @param base the base
 * @param points the modules, in the order in which a batch passes them
 */
record VocabularyTables(BaseModel base, List<InjectionPoint> points) {

    /** What the keys of prompt methods start with, whose base is not wrapped a second time. */
    private static final String PROMPT_PREFIX = "base_model.";

    static VocabularyTables of(BaseModel base) {
        List<Tensor> inputs =
                base.points().of(InputPoint.class).stream().map(p -> p.table().table()).toList();
        List<InjectionPoint> points = new ArrayList<>();
        for (InjectionPoint point : base.points().all()) {
            boolean input =
                    point instanceof EmbeddingPoint embedding
                            && inputs.stream().anyMatch(table -> table == embedding.table());
            boolean output =
                    point instanceof LinearPoint linear
                            && linear.role() == LinearRole.OUTPUT_EMBEDDING;
            if (input || output) {
                points.add(point);
            }
        }
        return new VocabularyTables(base, List.copyOf(points));
    }

    /** Returns the frozen table of one of the modules, [vocabulary, width]. */
    static Tensor table(InjectionPoint point) {
        return point instanceof LinearPoint linear
                ? linear.frozen().weight()
                : ((EmbeddingPoint) point).table();
    }

    /** Returns the modules that share a table. */
    List<InjectionPoint> sharing(Tensor table) {
        return points.stream().filter(point -> table(point) == table).toList();
    }

    /** Returns whether an embedding is what an encoder or a decoder reads its tokens from. */
    boolean isRead(InjectionPoint point) {
        return base.points().of(InputPoint.class).stream().anyMatch(p -> p.table().equals(point));
    }

    /** Returns whether an embedding is another one under a name of an encoder or a decoder. */
    boolean isFurtherName(InjectionPoint point) {
        return point instanceof EmbeddingPoint embedding
                && isRead(point)
                && sharing(embedding.table()).stream()
                        .anyMatch(other -> other instanceof EmbeddingPoint && !isRead(other));
    }

    /**
     * The module that a key of an adapter's file belongs to.
     *
     * @param point the module
     * @param rest what the key has behind the module's path
     */
    record Place(InjectionPoint point, String rest) {}

    /** Returns the module that a key belongs to, if it is one of these. */
    Optional<Place> placeOf(String key) {
        for (String prefix : List.of(AdapterBuilder.KEY_PREFIX, PROMPT_PREFIX)) {
            for (InjectionPoint point : points) {
                String start = prefix + point.path() + ".";
                if (key.startsWith(start)) {
                    return Optional.of(new Place(point, key.substring(start.length())));
                }
            }
        }
        return Optional.empty();
    }

    /**
     * Refuses a tensor of an adapter that was trained with another number of tokens, and says the
     * number.
     *
     * @param file where the tensor lies
     * @param key its name
     * @param shape the shape that it would have with this base's tokens
     */
    void requireTokens(StoredTensors file, String key, long... shape) {
        long[] stored = file.file().entry(key).dimensions();
        long own = base.info().vocabularySize();
        if (stored.length != shape.length || placeOf(key).isEmpty()) {
            return;
        }
        for (int i = 0; i < shape.length; i++) {
            long[] resized = shape.clone();
            resized[i] = stored[i];
            if (shape[i] == own && stored[i] != own && Arrays.equals(resized, stored)) {
                throw new BadFileException(
                        file.path(),
                        "the adapter was trained with "
                                + stored[i]
                                + " tokens ("
                                + key
                                + " has so many), and this base ("
                                + base.info().nameOrPath()
                                + ") has "
                                + own,
                        "Load it on a base with as many: base.resizeTokenEmbeddings("
                                + stored[i]
                                + ")");
            }
        }
    }
}
