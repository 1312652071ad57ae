/** CPT beside Python's, and by the contract of every method. */
@NullMarked
package org.peft4j.prompt.cpt;

import org.jspecify.annotations.NullMarked;
