/** Tests of IA3. */
@NullMarked
package org.peft4j.adapter.ia3;

import org.jspecify.annotations.NullMarked;
