package org.peft4j.transformers.parts.layers;

import java.util.OptionalInt;
import org.peft4j.core.BadFileException;
import org.peft4j.core.files.JsonFields;

/**
 * The heads of an attention.
 *
 * @param heads of the queries
 * @param keyValueHeads of the keys and values; fewer than heads in grouped-query attention
 * @param headDim the width of a head
 */
public record HeadShape(int heads, int keyValueHeads, int headDim) {

    /**
     * Reads heads that share the hidden size among them.
     *
     * @param headsKey the field of their number
     * @param hiddenKey the field of the hidden size
     * @throws BadFileException if they cannot
     */
    public static HeadShape equal(JsonFields config, String headsKey, String hiddenKey) {
        int heads = config.positiveInt(headsKey);
        int hiddenSize = config.positiveInt(hiddenKey);
        if (hiddenSize % heads != 0) {
            throw config.mustBe(hiddenKey, "a multiple of " + headsKey + ", " + heads + ",");
        }
        return new HeadShape(heads, heads, hiddenSize / heads);
    }

    /**
     * Reads {@code num_attention_heads}, {@code num_key_value_heads} and {@code head_dim} of heads
     * that are rotated.
     *
     * @param keyValueHeadsAbsent the key-value heads of a config that does not mention them; empty
     *     for as many as heads, which null always means
     * @param headDimAbsent the width of a head where none is given; empty for the hidden size
     *     divided among the heads
     * @throws BadFileException if the numbers do not go together
     */
    public static HeadShape grouped(
            JsonFields config, OptionalInt keyValueHeadsAbsent, OptionalInt headDimAbsent) {
        int heads = config.positiveInt("num_attention_heads");
        String key = "num_key_value_heads";
        int absent = config.object().has(key) ? heads : keyValueHeadsAbsent.orElse(heads);
        int keyValueHeads = config.optionalPositiveInt(key).orElse(absent);
        if (heads % keyValueHeads != 0) {
            throw config.mustBe(key, "a divisor of num_attention_heads, " + heads + ",");
        }
        return new HeadShape(heads, keyValueHeads, headDim(config, headDimAbsent));
    }

    private static int headDim(JsonFields config, OptionalInt absent) {
        String key = "head_dim";
        boolean given = config.has(key);
        if (!given && absent.isPresent()) {
            return absent.getAsInt();
        }
        int headDim =
                given
                        ? config.positiveInt(key)
                        : equal(config, "num_attention_heads", "hidden_size").headDim();
        if (headDim % 2 != 0) {
            throw config.mustBe(
                    given ? key : "hidden_size",
                    "such that a head is of even width, since pairs are rotated,");
        }
        return headDim;
    }

    /** Returns the width of all queries. */
    public int queryWidth() {
        return heads * headDim;
    }

    /** Returns the width of all keys, and of all values. */
    public int keyWidth() {
        return keyValueHeads * headDim;
    }
}
