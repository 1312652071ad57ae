/** Tests of prefixes against Python's peft and against the contract of every method. */
@NullMarked
package org.peft4j.prompt.prefix;

import org.jspecify.annotations.NullMarked;
