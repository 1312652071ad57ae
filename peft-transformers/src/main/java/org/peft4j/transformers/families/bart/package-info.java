/** BART (Lewis et al. 2020): {@code bart}. */
@NullMarked
package org.peft4j.transformers.families.bart;

import org.jspecify.annotations.NullMarked;
