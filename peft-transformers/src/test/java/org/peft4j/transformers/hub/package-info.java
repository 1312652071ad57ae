/** Tests of downloads from the hub, against servers that the tests start. */
@NullMarked
package org.peft4j.transformers.hub;

import org.jspecify.annotations.NullMarked;
