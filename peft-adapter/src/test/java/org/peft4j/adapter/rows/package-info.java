/** Every row of a batch is computed as if it were alone. */
@NullMarked
package org.peft4j.adapter.rows;

import org.jspecify.annotations.NullMarked;
