/** Tests. */
@NullMarked
package org.peft4j.adapter.bottleneck;

import org.jspecify.annotations.NullMarked;
