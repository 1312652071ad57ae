/**
 * Task heads: what turns hidden states into logits and a loss. {@link
 * org.peft4j.transformers.heads.HeadConfig} says which one a checkpoint or its opener wants; a
 * family builds it from its own modules.
 */
@NullMarked
package org.peft4j.transformers.heads;

import org.jspecify.annotations.NullMarked;
