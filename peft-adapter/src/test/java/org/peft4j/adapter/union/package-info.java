/** Tests. */
@NullMarked
package org.peft4j.adapter.union;

import org.jspecify.annotations.NullMarked;
