/**
 * The frozen bases: {@link org.peft4j.transformers.Checkpoints} opens a checkpoint directory as the
 * model that its {@code config.json} names.
 *
 * <p>How a family is added is said in {@link org.peft4j.transformers.parts}.
 */
@NullMarked
package org.peft4j.transformers;

import org.jspecify.annotations.NullMarked;
