/** Tests of LN tuning. */
@NullMarked
package org.peft4j.adapter.lntuning;

import org.jspecify.annotations.NullMarked;
