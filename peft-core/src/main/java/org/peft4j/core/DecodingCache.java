package org.peft4j.core;

/** What a base keeps between the steps of decoding. Belongs to one thread. */
public interface DecodingCache extends AutoCloseable {

    /** Returns the positions filled so far. */
    int length();

    /** Returns the positions that fit. */
    int capacity();

    /**
     * Puts the cached rows in another order, as beam search does; rows may repeat.
     *
     * @param rows for each row, which present row to take
     */
    void reorder(int... rows);

    /** Frees the memory. */
    @Override
    void close();
}
