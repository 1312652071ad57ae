/** The code that the README shows, compiled. */
@NullMarked
package org.peft4j.examples.readme;

import org.jspecify.annotations.NullMarked;
