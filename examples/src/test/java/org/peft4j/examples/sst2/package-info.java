/** Tests of the sentiment program: what it trains and keeps. */
@NullMarked
package org.peft4j.examples.sst2;

import org.jspecify.annotations.NullMarked;
