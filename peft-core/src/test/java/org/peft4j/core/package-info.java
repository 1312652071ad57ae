/** Tests of the contract, on a toy base with one point of every kind and a toy method. */
@NullMarked
package org.peft4j.core;

import org.jspecify.annotations.NullMarked;
