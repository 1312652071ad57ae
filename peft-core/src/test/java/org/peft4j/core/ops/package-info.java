/** Tests of the operator door. */
@NullMarked
package org.peft4j.core.ops;

import org.jspecify.annotations.NullMarked;
