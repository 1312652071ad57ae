/** Embeds the lines of a file with any encoder. */
@NullMarked
package org.peft4j.examples.embed;

import org.jspecify.annotations.NullMarked;
