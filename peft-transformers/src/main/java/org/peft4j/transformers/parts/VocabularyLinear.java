package org.peft4j.transformers.parts;

import java.util.Map;
import java.util.Optional;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.EmbeddingPoint;
import org.peft4j.core.points.LinearPoint;
import org.peft4j.core.points.LinearRole;
import org.peft4j.core.points.LinearWeights;

/**
 * The linear of a language-modelling head, {@code lm_head}, [vocabulary, width] without a bias.
 *
 * @param linear the point
 * @param ties whose tensor its weight is, if it has none of its own
 */
public record VocabularyLinear(LinearPoint linear, Map<String, String> ties) {

    private static final String PATH = "lm_head";
    private static final String WEIGHT = PATH + ".weight";

    /** Copies the map. */
    public VocabularyLinear {
        ties = Map.copyOf(ties);
    }

    /** Lets the file's head stand for the table of input embeddings, if it holds only the head. */
    public static void mayStandFor(Modules modules, String tablePath) {
        modules.alias(tablePath + ".weight", WEIGHT);
    }

    /**
     * Makes the point. As in {@code transformers} 5, what the file says outweighs the config: a
     * head that it holds and that differs from the table is not tied to it.
     *
     * @param table the input embedding
     * @param tied whether the config says that the head's weight is that table
     */
    public static VocabularyLinear of(Modules modules, EmbeddingPoint table, boolean tied) {
        LinearRole role = LinearRole.OUTPUT_EMBEDDING;
        if (!tied) {
            return new VocabularyLinear(
                    modules.linear(PATH, role, table.vocabulary(), table.width(), false), Map.of());
        }
        Optional<Tensor> own = modules.unlike(WEIGHT, table.table());
        return new VocabularyLinear(
                modules.linear(PATH, role, new LinearWeights(own.orElse(table.table()), null)),
                own.isPresent() ? Map.of() : Map.of(WEIGHT, table.path() + ".weight"));
    }
}
