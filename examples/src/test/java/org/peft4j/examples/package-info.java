/** Tests that the programs run, and fail as they should. */
@NullMarked
package org.peft4j.examples;

import org.jspecify.annotations.NullMarked;
