package org.peft4j.transformers.text;

import ai.djl.huggingface.tokenizers.Encoding;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.peft4j.core.PeftException;

/**
 * Two texts as a model reads them together.
 *
 * @param ids with special tokens
 * @param types which of the two a token belongs to, as the tokenizer counts: RoBERTa's calls all of
 *     them the first
 */
public record TextPair(long[] ids, long[] types) {

    static TextPair of(Encoding encoding, int most) {
        boolean[] dropped = dropped(encoding, most);
        int[] kept = IntStream.range(0, dropped.length).filter(i -> !dropped[i]).toArray();
        return new TextPair(
                Arrays.stream(kept).mapToLong(i -> encoding.getIds()[i]).toArray(),
                Arrays.stream(kept).mapToLong(i -> encoding.getTypeIds()[i]).toArray());
    }

    /** Drops the last token of the longer text until the rest fits. */
    private static boolean[] dropped(Encoding encoding, int most) {
        int[] first = positions(encoding, 0);
        int[] second = positions(encoding, 1);
        int a = first.length;
        int b = second.length;
        int special = encoding.getIds().length - a - b;
        if (special > most) {
            throw new PeftException(
                    "two texts cannot be cut to "
                            + most
                            + " ids, because the special tokens around them are "
                            + special
                            + ".");
        }
        while (special + a + b > most) {
            if (a > b) {
                a--;
            } else {
                b--;
            }
        }
        boolean[] dropped = new boolean[encoding.getIds().length];
        Arrays.stream(first, a, first.length).forEach(i -> dropped[i] = true);
        Arrays.stream(second, b, second.length).forEach(i -> dropped[i] = true);
        return dropped;
    }

    private static int[] positions(Encoding encoding, int text) {
        long[] sequence = encoding.getSequenceIds();
        long[] special = encoding.getSpecialTokenMask();
        return IntStream.range(0, sequence.length)
                .filter(i -> special[i] == 0 && sequence[i] == text)
                .toArray();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TextPair that
                && Arrays.equals(ids, that.ids)
                && Arrays.equals(types, that.types);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(ids) + Arrays.hashCode(types);
    }

    @Override
    public String toString() {
        return "TextPair[ids=" + Arrays.toString(ids) + ", types=" + Arrays.toString(types) + "]";
    }
}
