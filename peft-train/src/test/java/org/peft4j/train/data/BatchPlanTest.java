package org.peft4j.train.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.peft4j.core.PeftException;

final class BatchPlanTest {

    private static final int[] LENGTHS = new Random(1).ints(503, 1, 100).toArray();

    private static BatchPlan plan(BatchOrder order, long seed) {
        return new BatchPlan(LENGTHS, 4, 3, order, seed);
    }

    @ParameterizedTest
    @EnumSource(BatchOrder.class)
    void everyEpochShowsEveryExampleOnce(BatchOrder order) {
        BatchPlan plan = plan(order, 5);
        assertEquals(42, plan.stepsPerEpoch(), "126 batches, three a step");
        for (int epoch = 0; epoch < 3; epoch++) {
            List<Integer> seen = new ArrayList<>();
            for (long step = 1; step <= 42; step++) {
                List<List<Integer>> batches = plan.batches(epoch * 42L + step);
                assertEquals(3, batches.size());
                batches.forEach(seen::addAll);
            }
            assertEquals(IntStream.range(0, 503).boxed().toList(), seen.stream().sorted().toList());
        }
    }

    @ParameterizedTest
    @EnumSource(BatchOrder.class)
    void aStepIsTheSameHoweverItIsReached(BatchOrder order) {
        BatchPlan straight = plan(order, 5);
        List<List<List<Integer>>> steps = new ArrayList<>();
        for (long step = 1; step <= 100; step++) {
            steps.add(List.copyOf(straight.batches(step)));
        }
        for (long step : new long[] {97, 3, 43, 42}) {
            assertEquals(steps.get((int) step - 1), plan(order, 5).batches(step));
        }
    }

    @Test
    void epochsAndSeedsDiffer() {
        BatchPlan plan = plan(BatchOrder.SHUFFLED, 5);
        assertNotEquals(plan.epoch(0), plan.epoch(1));
        assertNotEquals(plan.epoch(0), plan(BatchOrder.SHUFFLED, 6).epoch(0));
        BatchPlan given = plan(BatchOrder.AS_GIVEN, 5);
        assertEquals(given.epoch(0), given.epoch(1));
        assertEquals(List.of(0, 1, 2, 3), given.epoch(0).get(0));
    }

    @Test
    void groupingByLengthSavesPadding() {
        assertTrue(
                3 * padding(plan(BatchOrder.GROUPED_BY_LENGTH, 5))
                        < padding(plan(BatchOrder.SHUFFLED, 5)));
        BatchPlan grouped = plan(BatchOrder.GROUPED_BY_LENGTH, 5);
        assertNotEquals(grouped.epoch(0), grouped.epoch(1));
        List<List<Integer>> epoch = grouped.epoch(0);
        assertEquals(3, epoch.get(epoch.size() - 1).size(), "the small batch stays last");
    }

    private static int padding(BatchPlan plan) {
        int padding = 0;
        for (List<Integer> batch : plan.epoch(0)) {
            int longest = batch.stream().mapToInt(i -> LENGTHS[i]).max().orElse(0);
            padding += batch.stream().mapToInt(i -> longest - LENGTHS[i]).sum();
        }
        return padding;
    }

    @Test
    void theLastStepOfAnEpochMayBeSmaller() {
        BatchPlan plan = new BatchPlan(new int[5], 2, 2, BatchOrder.AS_GIVEN, 0);
        assertEquals(2, plan.stepsPerEpoch());
        assertEquals(List.of(List.of(4)), plan.batches(2));
        assertEquals(List.of(List.of(0, 1), List.of(2, 3)), plan.batches(3));
        assertEquals(1, plan.epochOf(3));
    }

    @Test
    void anEmptyPlanIsRefused() {
        assertThrows(
                PeftException.class, () -> new BatchPlan(new int[0], 2, 2, BatchOrder.AS_GIVEN, 0));
    }
}
