/** What prompt methods share and users do not need. */
@NullMarked
package org.peft4j.prompt.internal;

import org.jspecify.annotations.NullMarked;
