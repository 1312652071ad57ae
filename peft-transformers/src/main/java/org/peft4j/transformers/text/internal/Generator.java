package org.peft4j.transformers.text.internal;

import java.util.Iterator;

/**
 * Items that can be gone through once, as {@code map}, {@code select} and others give: true,
 * without a length, empty behind the first time.
 *
 * @param items the items that are left
 */
record Generator(Iterator<Object> items) {}
