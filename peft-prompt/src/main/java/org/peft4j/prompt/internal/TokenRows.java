package org.peft4j.prompt.internal;

import org.peft4j.core.PeftException;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.ops.WeightOps;
import org.peft4j.core.points.InputPoint;

/** Tokens of the vocabulary as they are at an input. */
public final class TokenRows {

    private TokenRows() {}

    /**
     * Copies embedded tokens.
     *
     * @param ids the tokens
     * @param values takes them row by row, from its start
     * @throws PeftException if there is no such token
     */
    public static void copy(WeightOps ops, InputPoint input, int[] ids, float[] values) {
        for (int id : ids) {
            if (id < 0 || id >= input.table().vocabulary()) {
                throw new PeftException(
                        "a virtual token cannot start as the token "
                                + id
                                + ", because the vocabulary ends at "
                                + (input.table().vocabulary() - 1)
                                + ". Use the tokenizer that belongs to this model.");
            }
        }
        try (Tensor tokens = input.embeddings(ops, ids)) {
            float[] read = tokens.toFloats();
            System.arraycopy(read, 0, values, 0, read.length);
        }
    }
}
