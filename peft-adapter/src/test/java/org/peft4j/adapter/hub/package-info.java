/** Tests. */
@NullMarked
package org.peft4j.adapter.hub;

import org.jspecify.annotations.NullMarked;
