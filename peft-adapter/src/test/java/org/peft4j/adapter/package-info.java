/** Tests of the methods in this room. */
@NullMarked
package org.peft4j.adapter;

import org.jspecify.annotations.NullMarked;
