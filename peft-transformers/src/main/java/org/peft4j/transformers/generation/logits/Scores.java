package org.peft4j.transformers.generation.logits;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.peft4j.core.PeftException;

/** What is computed with a row of scores in more than one place. */
public final class Scores {

    /** The score of a token that must not come. */
    public static final float RULED_OUT = Float.NEGATIVE_INFINITY;

    private Scores() {}

    /** Returns the largest score. */
    static float max(float[] scores) {
        float max = RULED_OUT;
        for (float score : scores) {
            max = Math.max(max, score);
        }
        return max;
    }

    /** Returns log Σ exp(score). */
    public static double logSumExp(float[] scores) {
        double max = max(scores);
        double sum = 0;
        for (float score : scores) {
            if (score != RULED_OUT) {
                sum += Math.exp(score - max);
            }
        }
        return max + Math.log(sum);
    }

    /** Returns the softmax; NaN everywhere if every token is ruled out. */
    public static double[] probabilities(float[] scores) {
        double max = max(scores);
        double[] probabilities = new double[scores.length];
        double sum = 0;
        for (int id = 0; id < scores.length; id++) {
            if (scores[id] != RULED_OUT) {
                probabilities[id] = Math.exp(scores[id] - max);
                sum += probabilities[id];
            }
        }
        for (int id = 0; id < scores.length; id++) {
            probabilities[id] /= sum;
        }
        return probabilities;
    }

    /**
     * Returns where the largest scores are, the largest first; of equal ones the first comes first.
     *
     * @param count how many; all if there are fewer
     */
    public static int[] largest(float[] scores, int count) {
        long[] best = new long[Math.min(count, scores.length)]; // the end of an ascending order
        int filled = 0;
        for (int i = 0; i < scores.length; i++) {
            long key = key(scores[i], ~i);
            if (filled < best.length) {
                best[filled++] = key;
                if (filled == best.length) {
                    heapify(best);
                }
            } else if (key > best[0]) {
                best[0] = key;
                sink(best, 0);
            }
        }
        Arrays.sort(best);
        int[] indices = new int[best.length];
        for (int i = 0; i < best.length; i++) {
            indices[i] = ~(int) best[best.length - 1 - i];
        }
        return indices;
    }

    /** The least of the largest is at 0, and none is larger than those at 2i + 1 and 2i + 2. */
    private static void heapify(long[] heap) {
        for (int i = heap.length / 2 - 1; i >= 0; i--) {
            sink(heap, i);
        }
    }

    private static void sink(long[] heap, int from) {
        int i = from;
        while (2 * i + 1 < heap.length) {
            int child = 2 * i + 1;
            if (child + 1 < heap.length && heap[child + 1] < heap[child]) {
                child++;
            }
            if (heap[i] <= heap[child]) {
                return;
            }
            long swapped = heap[i];
            heap[i] = heap[child];
            heap[child] = swapped;
            i = child;
        }
    }

    /** Returns the score of the last of the largest, at least one. */
    static float lowestOf(float[] scores, int count) {
        int[] largest = largest(scores, Math.max(1, count));
        return scores[largest[largest.length - 1]];
    }

    /** A number that sorts by a score, and by an index where scores are equal. */
    static long key(float score, int index) {
        int bits = Float.floatToIntBits(score + 0f); // -0 becomes 0
        int sortable = bits ^ ((bits >> 31) & Integer.MAX_VALUE);
        return ((long) sortable << 32) | (index & 0xFFFF_FFFFL);
    }

    /** Returns ids as an array, sorted. */
    static long[] ids(Set<Long> ids) {
        return ids.stream().mapToLong(Long::longValue).sorted().toArray();
    }

    /** Rules tokens out; ids that no score belongs to are left alone. */
    static void ruleOut(long[] ids, float[] scores) {
        for (long id : ids) {
            if (id < scores.length) {
                scores[Math.toIntExact(id)] = RULED_OUT;
            }
        }
    }

    /**
     * Checks that every id is one of the vocabulary.
     *
     * @throws PeftException if one is not
     */
    static void requireKnown(String what, long[] ids, float[] scores) {
        if (LongStream.of(ids).anyMatch(id -> id >= scores.length)) {
            throw new PeftException(
                    what
                            + " "
                            + Arrays.toString(ids)
                            + " has an id that the model cannot produce: its vocabulary has "
                            + scores.length
                            + ".");
        }
    }

    /** Returns the tokens as arrays. */
    static List<long[]> arrays(List<List<Long>> lists) {
        return lists.stream().map(Scores::array).toList();
    }

    /** Returns the tokens as an array. */
    static long[] array(List<Long> ids) {
        return ids.stream().mapToLong(Long::longValue).toArray();
    }
}
