package org.peft4j.core;

import java.nio.file.Path;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.files.StoredTensors;

/**
 * An adapter as it was found in a directory, in this library's words.
 *
 * @param path the directory
 * @param config {@code adapter_config.json} with a {@code peft_type}
 * @param tensors by their keys
 */
public record StoredAdapter(Path path, JsonFields config, StoredTensors tensors) {}
