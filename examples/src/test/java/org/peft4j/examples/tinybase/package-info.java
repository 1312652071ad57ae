/** Tests of the base that the project ships. */
@NullMarked
package org.peft4j.examples.tinybase;

import org.jspecify.annotations.NullMarked;
