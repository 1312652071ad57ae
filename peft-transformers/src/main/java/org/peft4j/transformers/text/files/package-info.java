/**
 * The files that a tokenizer is made of. They come from anywhere, and the native library that reads
 * them ends the process where it finds what it did not expect; so everything that it will be given
 * is looked at here before.
 */
@NullMarked
package org.peft4j.transformers.text.files;

import org.jspecify.annotations.NullMarked;
