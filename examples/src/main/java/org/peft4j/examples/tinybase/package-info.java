/**
 * Where the tiny base comes from that the project ships for its quickstart: text that code
 * generates, a byte-level BPE tokeniser learnt from it, and a pretraining run. {@link
 * org.peft4j.examples.tinybase.PretrainTinyBase} makes the shipped files anew.
 */
@NullMarked
package org.peft4j.examples.tinybase;

import org.jspecify.annotations.NullMarked;
