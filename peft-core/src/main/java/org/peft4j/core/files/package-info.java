/**
 * The files of Hugging Face, read and written exactly as Python does, without Python and without
 * tensors: bytes, names, types and shapes only.
 *
 * <p>Reading starts at {@link org.peft4j.core.files.CheckpointDirectory} (a base model), {@link
 * org.peft4j.core.files.AdapterDirectory} (an adapter) or {@link
 * org.peft4j.core.files.SafetensorsFile} (one file of tensors). Every file is taken for untrusted
 * input: sizes, offsets, names and JSON are checked before anything is used, pickles are refused,
 * and whatever is wrong becomes a {@link org.peft4j.core.BadFileException} that names the file, the
 * cause and the remedy. Opening reads headers only, so a checkpoint of any size opens in
 * milliseconds; a {@link org.peft4j.core.files.TensorEntry} then says where its bytes lie.
 *
 * <p>Writing goes through {@link org.peft4j.core.files.AtomicFiles} for one file and {@link
 * org.peft4j.core.files.AtomicFileGroup} for files that belong together: after a crash, a full disk
 * or a race the old content is there, or the new one, never a mixture.
 */
@NullMarked
package org.peft4j.core.files;

import org.jspecify.annotations.NullMarked;
