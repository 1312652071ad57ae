package org.peft4j.core;

import org.peft4j.core.ops.Tensor;

/**
 * A frozen table of the vocabulary that an adapter's file holds, because the base as published has
 * another one.
 *
 * @param key its name in the file
 * @param table [vocabulary, width]
 * @param owned whether it is the adapter's own, and not the base's
 */
record SavedTable(String key, Tensor table, boolean owned) {

    void close() {
        if (owned) {
            table.close();
        }
    }
}
