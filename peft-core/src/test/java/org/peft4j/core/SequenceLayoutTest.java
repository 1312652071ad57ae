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
