package org.peft4j.core;

import java.nio.file.Path;
import org.peft4j.core.files.AdapterTensors;
import org.peft4j.core.files.JsonFields;

/**
 * An adapter in another library's format, in this library's words.
 *
 * @param path the directory
 * @param config what {@code adapter_config.json} would say, with a {@code peft_type}
 * @param tensors by this library's keys
 */
public record ForeignAdapter(Path path, JsonFields config, AdapterTensors tensors) {}
