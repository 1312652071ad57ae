/**
 * Training that survives its process: a {@link org.peft4j.train.checkpoint.CheckpointStore} keeps
 * directories {@code checkpoint-STEP}, each of which is there as a whole or not at all; a {@link
 * org.peft4j.train.checkpoint.TrainingCheckpoint} is what lies in one.
 *
 * <table>
 * <caption>The files of a checkpoint</caption>
 * <tr><td>{@code adapter_config.json}, {@code adapter_model.safetensors}</td><td>the adapter, as
 * {@code PeftModel.save} writes it and Python's {@code peft} reads it; where several adapters are
 * trained, each in a directory of its name</td></tr>
 * <tr><td>{@code optimizer.safetensors}</td><td>AdamW's moments and steps</td></tr>
 * <tr><td>{@code adapter_state.safetensors}</td><td>what an adapter remembers besides its
 * parameters, if it does</td></tr>
 * <tr><td>{@code trainer_state.json}</td><td>how far the training was, and what it was made from:
 * settings, data, base, versions</td></tr>
 * </table>
 */
@NullMarked
package org.peft4j.train.checkpoint;

import org.jspecify.annotations.NullMarked;
