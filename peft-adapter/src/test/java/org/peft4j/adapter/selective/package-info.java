/** Tests of the selective methods. */
@NullMarked
package org.peft4j.adapter.selective;

import org.jspecify.annotations.NullMarked;
