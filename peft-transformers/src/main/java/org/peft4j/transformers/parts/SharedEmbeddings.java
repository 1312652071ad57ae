package org.peft4j.transformers.parts;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.WeightOverlay;
import org.peft4j.core.ops.DType;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.ops.WeightOps;
import org.peft4j.core.points.EmbeddingPoint;

/**
 * The modules of a table of embeddings that an encoder and, where there is one, a decoder share.
 *
 * @param shared the module that they share, {@code shared}
 * @param sides their names of it: {@code encoder.embed_tokens}, {@code decoder.embed_tokens}
 */
public record SharedEmbeddings(EmbeddingPoint shared, List<EmbeddingPoint> sides) {

    private static final String ENCODER = "encoder";
    private static final String DECODER = "decoder";

    /** Copies the list. */
    public SharedEmbeddings {
        sides = List.copyOf(sides);
    }

    /** The modules of an encoder-decoder. A file need hold but one of them. */
    public static SharedEmbeddings of(Modules modules, long vocabulary, long width) {
        return of(modules, vocabulary, width, ENCODER, DECODER);
    }

    /** The modules of an encoder alone. */
    public static SharedEmbeddings ofEncoder(Modules modules, long vocabulary, long width) {
        return of(modules, vocabulary, width, ENCODER);
    }

    private static SharedEmbeddings of(
            Modules modules, long vocabulary, long width, String... sides) {
        String root = modules.root();
        String first = root + "shared";
        for (String side : List.of(ENCODER, DECODER)) {
            modules.alias(first + ".weight", path(modules, side) + ".weight");
        }
        VocabularyLinear.mayStandFor(modules, first);
        EmbeddingPoint shared = modules.embedding(first, vocabulary, width);
        return new SharedEmbeddings(
                shared,
                Arrays.stream(sides)
                        .map(side -> name(modules, path(modules, side), shared))
                        .toList());
    }

    private static String path(Modules modules, String side) {
        return modules.root() + side + ".embed_tokens";
    }

    private static EmbeddingPoint name(Modules modules, String path, EmbeddingPoint shared) {
        return modules.embedding(
                path, modules.unlike(path + ".weight", shared.table()).orElse(shared.table()));
    }

    /** Returns the encoder's name. */
    public EmbeddingPoint encoder() {
        return sides.get(0);
    }

    /** Returns the decoder's name. */
    public EmbeddingPoint decoder() {
        return sides.get(1);
    }

    /** Returns the names that stand for the shared module. */
    private List<EmbeddingPoint> names() {
        return sides.stream().filter(name -> name.table() == shared.table()).toList();
    }

    /**
     * Embeds what one side reads.
     *
     * @param side the encoder's or the decoder's name
     * @param factor what they are multiplied by, [1], or null
     */
    public TokenEmbedding tokens(EmbeddingPoint side, @Nullable Tensor factor) {
        return new TokenEmbedding(side, names().contains(side) ? shared : null, factor);
    }

    /** Returns for each name's tensor the shared one. */
    public Map<String, String> ties() {
        Map<String, String> ties = new HashMap<>();
        names().forEach(name -> ties.put(name.path() + ".weight", shared.path() + ".weight"));
        return ties;
    }

    /** Whether a head can be tied to a module: only the shared one stands for the table. */
    boolean hasHead(EmbeddingPoint module) {
        return module.equals(shared);
    }

    /**
     * Returns changes as files hold them: what changed in the shared module changed in its names.
     *
     * @param made takes what is made for that, to be closed by the caller
     */
    WeightOverlay asStored(WeightOps ops, WeightOverlay changed, List<Tensor> made) {
        if (!changed.contains(shared)) {
            return changed;
        }
        Map<EmbeddingPoint, Tensor> tables = new HashMap<>(changed.embeddings());
        for (EmbeddingPoint name : names()) {
            tables.merge(
                    name,
                    changed.of(shared),
                    (own, common) -> {
                        Tensor sum = sum(ops, own, common, shared.table());
                        made.add(sum);
                        return sum;
                    });
        }
        return new WeightOverlay(changed.linears(), tables, changed.norms());
    }

    /** own + common − frozen, in float32. */
    private static Tensor sum(WeightOps ops, Tensor own, Tensor common, Tensor frozen) {
        try (Tensor wide = ops.cast(frozen, DType.FLOAT32);
                Tensor negative = ops.scale(wide, -1);
                Tensor wideCommon = ops.cast(common, DType.FLOAT32);
                Tensor change = ops.merge(wideCommon, negative)) {
            return ops.merge(own, change);
        }
    }
}
