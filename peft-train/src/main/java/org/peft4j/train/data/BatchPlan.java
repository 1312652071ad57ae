package org.peft4j.train.data;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.peft4j.core.PeftException;

/**
 * Which examples come when: decided by size, seed and options alone, so that the plan of any step
 * can be asked for at any time, and a resumed training goes on where it stopped.
 *
 * <p>An epoch shows every example once, in batches; a step takes several of them where gradients
 * are accumulated. The last batch and the last step of an epoch may be smaller.
 */
public final class BatchPlan {

    /** How many batches are sorted by length together; a few, so that the order stays random. */
    private static final int BATCHES_SORTED_TOGETHER = 50;

    private final int[] lengths;
    private final int batchSize;
    private final int accumulation;
    private final BatchOrder order;
    private final long seed;
    private int plannedEpoch = -1;
    private List<List<Integer>> planned = List.of();

    /**
     * Plans.
     *
     * @param lengths the number of tokens of every example
     * @param batchSize examples in a batch
     * @param accumulation batches in a step
     * @param order the order of the examples in an epoch
     * @param seed decides it
     */
    public BatchPlan(int[] lengths, int batchSize, int accumulation, BatchOrder order, long seed) {
        if (lengths.length == 0 || batchSize < 1 || accumulation < 1) {
            throw new PeftException(
                    "a plan needs at least one example, one example a batch and one batch a step,"
                            + " not "
                            + lengths.length
                            + ", "
                            + batchSize
                            + " and "
                            + accumulation
                            + ".");
        }
        this.lengths = lengths.clone();
        this.batchSize = batchSize;
        this.accumulation = accumulation;
        this.order = order;
        this.seed = seed;
    }

    /** Returns how many steps an epoch has. */
    public long stepsPerEpoch() {
        return quotient(quotient(lengths.length, batchSize), accumulation);
    }

    /**
     * Returns the epoch that a step belongs to, from 0.
     *
     * @param step from 1
     */
    public int epochOf(long step) {
        return Math.toIntExact((step - 1) / stepsPerEpoch());
    }

    /**
     * Returns the batches of a step, as numbers of examples.
     *
     * @param step from 1
     */
    public List<List<Integer>> batches(long step) {
        int epoch = epochOf(step);
        if (epoch != plannedEpoch) {
            planned = epoch(epoch);
            plannedEpoch = epoch;
        }
        int first = Math.toIntExact((step - 1) % stepsPerEpoch()) * accumulation;
        return planned.subList(first, Math.min(planned.size(), first + accumulation));
    }

    /**
     * Returns all batches of an epoch, as numbers of examples.
     *
     * @param epoch from 0
     */
    public List<List<Integer>> epoch(int epoch) {
        List<Integer> examples =
                new ArrayList<>(IntStream.range(0, lengths.length).boxed().toList());
        if (order == BatchOrder.AS_GIVEN) {
            return cut(examples, batchSize);
        }
        Random random = new Random(Seeds.of(seed, epoch));
        Collections.shuffle(examples, random);
        if (order == BatchOrder.SHUFFLED) {
            return cut(examples, batchSize);
        }
        List<List<Integer>> batches = cut(sortedInParts(examples), batchSize);
        // A last batch that is smaller stays last, or two steps would change their size.
        int whole = lengths.length / batchSize;
        Collections.shuffle(batches.subList(0, whole), random);
        return batches;
    }

    /** Rounded up. */
    private static long quotient(long amount, long size) {
        return (amount + size - 1) / size;
    }

    private List<Integer> sortedInParts(List<Integer> examples) {
        List<Integer> sorted = new ArrayList<>();
        for (List<Integer> part : cut(examples, batchSize * BATCHES_SORTED_TOGETHER)) {
            part.sort(Comparator.comparing((Integer example) -> lengths[example]).reversed());
            sorted.addAll(part);
        }
        return sorted;
    }

    private static List<List<Integer>> cut(List<Integer> examples, int size) {
        List<List<Integer>> parts = new ArrayList<>();
        for (int start = 0; start < examples.size(); start += size) {
            int end = Math.min(examples.size(), start + size);
            parts.add(new ArrayList<>(examples.subList(start, end)));
        }
        return parts;
    }
}
