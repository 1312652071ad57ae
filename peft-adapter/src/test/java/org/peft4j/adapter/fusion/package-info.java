/** Tests. */
@NullMarked
package org.peft4j.adapter.fusion;

import org.jspecify.annotations.NullMarked;
