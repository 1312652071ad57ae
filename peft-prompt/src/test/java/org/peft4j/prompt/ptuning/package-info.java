/** Prompt methods beside Python's, and by the contract of every method. */
@NullMarked
package org.peft4j.prompt.ptuning;

import org.jspecify.annotations.NullMarked;
