package org.peft4j.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class SequenceLayoutTest {

    @Test
    void aMaskWithoutPaddingIsNone() {
        assertEquals(null, new SequenceLayout(1, 0, 2, new long[] {1, 1}).mask());
    }

    @Test
    void positionsSkipPaddingOnTheLeft() {
        SequenceLayout layout = new SequenceLayout(2, 1, 2, new long[] {0, 1, 1, 1, 1, 1});
        assertArrayEquals(new long[] {0, 1, 1, 2}, layout.positions());
        assertTrue(layout.hasPaddingBeforeTokens());
    }

    @Test
    void paddingOnTheRightIsHiddenByTheCausalOrder() {
        TokenBatch batch =
                TokenBatch.padded(List.of(new long[] {5, 6, 7}, new long[] {8}), null, 0, false);
        assertFalse(batch.layout().hasPaddingBeforeTokens());
        assertArrayEquals(new long[] {5, 6, 7, 8, 0, 0}, batch.inputIds());
        assertArrayEquals(new long[] {1, 1, 1, 1, 0, 0}, batch.layout().mask());
    }

    @Test
    void virtualTokensComeBeforeEveryRow() {
        SequenceLayout layout = new SequenceLayout(2, 0, 2, new long[] {0, 1, 1, 1});
        assertArrayEquals(new long[] {1, 0, 1, 1, 1, 1}, layout.withVirtualTokens(1).mask());
        assertEquals(3, layout.withVirtualTokens(1).length());
        assertEquals(1, layout.withPast(1).past());
        // the row with padding: virtual token 0, then padding, then position 1
        assertArrayEquals(new long[] {0, 1, 1, 2}, layout.withPast(1).positions());
    }

    @Test
    void rowsMayHaveDifferentPasts() {
        SequenceLayout layout = new SequenceLayout(2, 0, 2, new long[] {0, 1, 1, 1});
        SequenceLayout wider = layout.withPast(new int[] {1, 3});
        assertEquals(3, wider.past());
        assertArrayEquals(new long[] {0, 0, 1, 0, 1, 1, 1, 1, 1, 1}, wider.mask());
        assertEquals(layout, wider.withoutPast(3));
        assertEquals(new SequenceLayout(1, 0, 2), new SequenceLayout(1, 4, 2).withoutPast(4));
    }

    @Test
    void paddingBehindATextGoesOnCountingWhereItIsRead() {
        SequenceLayout layout =
                new SequenceLayout(2, 1, 4, new long[] {0, 0, 1, 1, 0, 1, 1, 1, 0, 0});
        assertArrayEquals(new long[] {0, 0, 1, 1, 1, 2, 2, 2}, layout.positions());
        assertArrayEquals(new long[] {0, 0, 1, 2, 1, 2, 3, 4}, layout.positionsOfAll());
        assertTrue(layout.isPadding(0));
        assertFalse(layout.isPadding(1));
        assertTrue(layout.isPadding(3));
        assertFalse(layout.isPadding(5));
        assertTrue(layout.isPadding(7));
    }

    @Test
    void layoutsOfDifferentRowsComeTogetherWithPaddingBefore() {
        SequenceLayout wide = new SequenceLayout(1, 1, 3);
        SequenceLayout narrow = new SequenceLayout(2, 0, 2, new long[] {1, 0, 1, 1});
        SequenceLayout padded = narrow.paddedTo(1, 3);
        assertArrayEquals(new long[] {0, 0, 1, 0, 0, 0, 1, 1}, padded.mask());
        int[] first = {1};
        int[] others = {2, 0};
        SequenceLayout all = SequenceLayout.together(List.of(wide, padded), List.of(first, others));
        assertArrayEquals(new long[] {0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 1, 0}, all.mask());
        assertArrayEquals(new int[] {1, 0, 1}, all.leadingPadding(2));
        assertArrayEquals(
                new long[] {0, 1, 1, 1, 1, 1},
                new SequenceLayout(2, 2, 1).withPaddedPast(1, 0).mask());
    }

    @Test
    void paddingBetweenTokensIsToldFromPaddingAround() {
        assertFalse(new SequenceLayout(1, 1, 3, new long[] {0, 1, 1, 0}).hasPaddingBetweenTokens());
        assertTrue(new SequenceLayout(1, 1, 3, new long[] {1, 0, 1, 0}).hasPaddingBetweenTokens());
        assertFalse(new SequenceLayout(2, 0, 2, new long[] {1, 0, 0, 1}).hasPaddingBetweenTokens());
    }

    @Test
    void whatPredictsATokenIsTheTokenBefore() {
        SequenceLayout layout =
                new SequenceLayout(2, 1, 4, new long[] {1, 0, 1, 0, 1, 1, 1, 1, 0, 0});
        assertEquals(-1, layout.predecessor(0, 1));
        assertEquals(1, layout.predecessor(0, 3));
        assertEquals(0, layout.predecessor(1, 1));
        assertEquals(2, layout.predecessor(1, 3)); // padding: the position before
    }

    @Test
    void rowsCanBeChosen() {
        TokenBatch batch =
                TokenBatch.of(new long[] {5, 6}, new long[] {7, 8})
                        .withLabels(1, 0)
                        .withSource(TokenBatch.of(new long[] {3}, new long[] {4}))
                        .withTaskIds(2, 9);
        TokenBatch chosen = batch.withRows(1, 1, 0);
        assertArrayEquals(new long[] {7, 8, 7, 8, 5, 6}, chosen.inputIds());
        assertArrayEquals(new long[] {0, 0, 1}, chosen.requireLabels());
        assertArrayEquals(new long[] {4, 4, 3}, chosen.requireSource().inputIds());
        assertArrayEquals(new long[] {9, 9, 2}, chosen.taskIds());
        assertArrayEquals(new long[] {9, 9, 2}, chosen.requireSource().taskIds());
        assertThrows(PeftException.class, () -> batch.withTaskIds(1));
    }

    @Test
    void badSizesAreRefused() {
        assertThrows(PeftException.class, () -> new SequenceLayout(0, 0, 1));
        assertThrows(PeftException.class, () -> new SequenceLayout(1, 0, 2, new long[] {1}));
        assertThrows(PeftException.class, () -> new SequenceLayout(1, 0, 1, new long[] {2}));
        assertThrows(
                PeftException.class,
                () -> new TokenBatch(new SequenceLayout(1, 0, 2), new long[3]));
        assertThrows(
                PeftException.class,
                () ->
                        TokenBatch.padded(
                                List.of(new long[] {1, 2}), List.of(new long[] {1}), 0, false));
    }
}
