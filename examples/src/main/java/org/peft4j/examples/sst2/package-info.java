/** Classifies sentences: LoRA and a fresh head on a pretrained encoder. */
@NullMarked
package org.peft4j.examples.sst2;

import org.jspecify.annotations.NullMarked;
