/** BART (Lewis et al. 2020): {@code bart}. */
@NullMarked
package org.peft4j.transformers.bart;

import org.jspecify.annotations.NullMarked;
