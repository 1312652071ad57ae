package org.peft4j.train.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.DecoderStart;
import org.peft4j.core.PeftException;
import org.peft4j.core.TokenBatch;

final class CollatorTest {

    private static final Example LONG =
            Example.ofCompletion(new long[] {5, 6}, new long[] {7, 8, 9});
    private static final Example SHORT = Example.ofCompletion(new long[] {3}, new long[] {4});

    @Test
    void padsOnTheRightToTheLongest() {
        TokenBatch batch = new Collator(1, 1).collate(List.of(SHORT, LONG));
        assertEquals(5, batch.length());
        assertArrayEquals(new long[] {3, 4, 1, 1, 1, 5, 6, 7, 8, 9}, batch.inputIds());
        assertArrayEquals(new long[] {1, 1, 0, 0, 0, 1, 1, 1, 1, 1}, batch.layout().mask());
        assertArrayEquals(
                new long[] {-100, 4, -100, -100, -100, -100, -100, 7, 8, 9}, batch.requireLabels());
    }

    @Test
    void padsToAMultiple() {
        assertEquals(8, new Collator(0, 8).collate(List.of(SHORT, LONG)).length());
        assertEquals(5, new Collator(0, 5).collate(List.of(SHORT, LONG)).length());
        assertThrows(PeftException.class, () -> new Collator(0, 0));
    }

    @Test
    void takesOneLabelARowToo() {
        Example positive = Example.of(new long[] {5, 6, 7}, new long[] {1});
        Example negative = Example.of(new long[] {5, 6}, new long[] {0});
        TokenBatch batch = Collator.toLongest().collate(List.of(positive, negative));
        assertArrayEquals(new long[] {1, 0}, batch.requireLabels());
        PeftException mixed =
                assertThrows(
                        PeftException.class,
                        () -> Collator.toLongest().collate(List.of(positive, LONG)));
        assertTrue(String.valueOf(mixed.getMessage()).contains("the same kind"));
    }

    @Test
    void takesTasksOfAllRowsOrNone() {
        TokenBatch batch =
                Collator.toLongest().collate(List.of(SHORT.withTaskId(3), LONG.withTaskId(1)));
        assertArrayEquals(new long[] {3, 1}, batch.taskIds());
        assertThrows(
                PeftException.class,
                () -> Collator.toLongest().collate(List.of(SHORT.withTaskId(3), LONG)));
    }

    @Test
    void takesSpansTargetsAndTypes() {
        long[] ids = {5, 6, 7, 8};
        Example first = Example.ofSpan(ids, 1, 2).withTokenTypes(0, 0, 1, 1);
        Example second = Example.ofSpan(new long[] {5, 6, 7}, 0, 0);
        TokenBatch spans = Collator.toLongest().collate(List.of(first, second));
        assertArrayEquals(new long[] {1, 2, 0, 0}, spans.requireLabels());
        assertArrayEquals(new long[] {0, 0, 1, 1, 0, 0, 0, 0}, spans.tokenTypeIds());
        assertArrayEquals(new long[] {1, TokenBatch.IGNORED}, first.truncated(2).labels());

        Example numbers = Example.ofTargets(ids, 0.5f, -1);
        TokenBatch batch = Collator.toLongest().collate(List.of(numbers, numbers));
        assertArrayEquals(new float[] {0.5f, -1, 0.5f, -1}, batch.requireTargets());
        assertNull(batch.labels());
        assertThrows(
                PeftException.class,
                () -> Collator.toLongest().collate(List.of(numbers, Example.ofTargets(ids, 1))));
    }

    @Test
    void rowsKeepTheirAdapters() {
        AdapterSelection common = AdapterSelection.of("a");
        assertEquals(common, Collator.selection(List.of(SHORT, LONG), common));
        assertEquals(
                AdapterSelection.perRow("a", "b"),
                Collator.selection(
                        List.of(SHORT, LONG.withSelection(AdapterSelection.of("b"))), common));
        assertEquals(
                common,
                Collator.selection(List.of(SHORT, LONG.withSelection(common)), common),
                "all the same is one selection");
    }

    @Test
    void sourcesArePaddedToALengthOfTheirOwn() {
        DecoderStart start = new DecoderStart(9, 0);
        Example one = Example.ofTarget(new long[] {5, 6, 7}, new long[] {11, 12}, start);
        Example other = Example.ofTarget(new long[] {8}, new long[] {13}, start);
        TokenBatch batch = Collator.toLongest().collate(List.of(one, other));
        assertArrayEquals(new long[] {9, 11, 9, 0}, batch.inputIds());
        assertArrayEquals(new long[] {11, 12, 13, -100}, batch.requireLabels());
        TokenBatch source = batch.requireSource();
        assertArrayEquals(new long[] {5, 6, 7, 8, 0, 0}, source.inputIds());
        assertArrayEquals(new long[] {1, 1, 1, 1, 0, 0}, source.layout().mask());
        assertEquals(3, one.length());
        assertEquals(5, one.tokens());
        assertArrayEquals(new long[] {5, 6}, one.truncated(2).source());
        assertThrows(PeftException.class, () -> Collator.toLongest().collate(List.of(one, SHORT)));
        String fingerprint = DataFingerprint.of(List.of(one));
        Example elsewhere = Example.ofTarget(new long[] {5, 6, 8}, new long[] {11, 12}, start);
        assertNotEquals(fingerprint, DataFingerprint.of(List.of(elsewhere)));
        assertNotEquals(one, elsewhere);
    }

    @Test
    void exampleSizesAreChecked() {
        PeftException error =
                assertThrows(
                        PeftException.class,
                        () -> Example.of(new long[] {1, 2, 3, 4}, new long[] {1, 2, 3}));
        assertEquals(
                "an example needs one label a token, or one in all, or two for a span, but has 4"
                        + " tokens and 3 labels.",
                error.getMessage());
        assertThrows(PeftException.class, () -> Example.of(new long[] {1, 2}, new long[0]));
        assertThrows(PeftException.class, () -> SHORT.withTokenTypes(1, 1, 1));
        assertThrows(PeftException.class, () -> Example.ofText());
        assertThrows(
                PeftException.class, () -> SHORT.withSelection(AdapterSelection.perRow("a", "b")));
    }

    @Test
    void fingerprintsTellDataApart() {
        String same = DataFingerprint.of(List.of(SHORT, LONG));
        assertEquals(same, DataFingerprint.of(List.of(SHORT, LONG)));
        List<List<Example>> others =
                List.of(
                        List.of(LONG, SHORT),
                        List.of(SHORT),
                        List.of(SHORT, Example.ofText(LONG.inputIds())),
                        List.of(SHORT, LONG.withTokenTypes(0, 0, 0, 1, 1)),
                        List.of(SHORT, LONG.withSelection(AdapterSelection.of("a"))));
        for (List<Example> other : others) {
            assertTrue(!same.equals(DataFingerprint.of(other)), other.toString());
        }
    }
}
