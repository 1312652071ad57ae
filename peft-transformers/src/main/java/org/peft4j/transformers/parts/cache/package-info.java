/** The keys and values of earlier positions. */
@NullMarked
package org.peft4j.transformers.parts.cache;

import org.jspecify.annotations.NullMarked;
