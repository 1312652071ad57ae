package org.peft4j.core.ops;

/**
 * How queries, keys and values lie in the output of one projection: in groups, each with its share
 * of the query heads, then of the key heads, then of the value heads.
 *
 * @param keyValueHeads the heads of the keys, and of the values
 * @param groups how many groups; a divisor of the key-value heads
 */
public record FusedLayout(int keyValueHeads, int groups) {

    /** Checks the numbers. */
    public FusedLayout {
        if (groups < 1 || keyValueHeads % groups != 0) {
            throw new IllegalArgumentException(
                    keyValueHeads + " key-value heads do not lie in " + groups + " groups");
        }
    }

    /** All queries, then all keys, then all values, as in GPT-2 and Phi-3. */
    public static FusedLayout blocks(int keyValueHeads) {
        return new FusedLayout(keyValueHeads, 1);
    }

    /** The query, the key and the value of one head after the other, as in GPT-NeoX. */
    public static FusedLayout headByHead(int heads) {
        return new FusedLayout(heads, heads);
    }
}
