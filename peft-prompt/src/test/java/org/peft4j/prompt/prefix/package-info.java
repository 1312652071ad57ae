/** Tests. */
@NullMarked
package org.peft4j.prompt.prefix;

import org.jspecify.annotations.NullMarked;
