/**
 * The parts that families of transformers are put together from; each exists once.
 *
 * <p>A family is a room of its own beside this package: a record that reads and checks its {@code
 * config.json}, and a model that asks {@link org.peft4j.transformers.parts.Modules} for its
 * injection points under Hugging Face's paths, puts them into parts, and says in {@code
 * hiddenStates} how a batch flows through them. {@link org.peft4j.transformers.parts.FrozenBase}
 * brings the rest. To add one:
 *
 * <ol>
 *   <li>write the config record; every error names file, field, value and remedy,
 *   <li>write the model; a part that is missing is added here, for all families,
 *   <li>add its {@code model_type} to {@link org.peft4j.transformers.Checkpoints},
 *   <li>add a golden fixture and its name to the parity test.
 * </ol>
 */
@NullMarked
package org.peft4j.transformers.parts;

import org.jspecify.annotations.NullMarked;
