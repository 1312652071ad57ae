/** Programs to run and to copy from; {@link org.peft4j.examples.quickstart.Quickstart} first. */
@NullMarked
package org.peft4j.examples;

import org.jspecify.annotations.NullMarked;
