package org.peft4j.core;

import java.util.List;
import org.peft4j.core.points.EmbeddingPoint;
import org.peft4j.core.points.InjectionPoint;

/**
 * The rows of a table that an adapter trains, such as those of new tokens.
 *
 * @param tokens the rows' numbers, each once
 * @param holder what the key in the file has between the module's path and the parameter's name, as
 *     {@code token_adapter}; empty for none
 * @param fromBase whether fresh rows start as the base has them; else they are drawn from N(0, 1)
 * @param repeated whether the file holds them under the name of every module that follows
 */
public record TokenRows(List<Integer> tokens, String holder, boolean fromBase, boolean repeated) {

    /** Copies the list. */
    public TokenRows {
        tokens = List.copyOf(tokens);
    }

    /**
     * Returns the embedding of a base's input ids: of those with as many rows as the vocabulary,
     * the one that a batch passes first.
     *
     * @throws PeftException if there is none
     */
    public static EmbeddingPoint inputEmbedding(InjectionPoints points, ModelInfo info) {
        return points.of(EmbeddingPoint.class).stream()
                .filter(point -> point.vocabulary() == info.vocabularySize())
                .findFirst()
                .orElseThrow(
                        () ->
                                new PeftException(
                                        "this base has no embedding of its "
                                                + info.vocabularySize()
                                                + " tokens. Name the embedding."));
    }

    /** Checks the numbers against a table of so many rows. */
    void requireWithin(InjectionPoint point, long vocabulary) {
        for (int token : tokens) {
            if (token < 0 || token >= vocabulary) {
                throw new PeftException(
                        "the token "
                                + token
                                + " is not in "
                                + point.path()
                                + ", whose tokens are 0 to "
                                + (vocabulary - 1)
                                + ". Correct the token indices, or add tokens to the base:"
                                + " base.resizeTokenEmbeddings("
                                + (token + 1L)
                                + ").");
            }
        }
    }
}
