/**
 * Renders Jinja as Hugging Face does: Jinja2 3.1 in its sandbox, with {@code trim_blocks} and
 * {@code lstrip_blocks}, loop controls and {@code generation}, and values that behave as Python
 * 3.11's. A template is cut into tokens and parsed once into nodes and expressions, which are then
 * evaluated. What cannot be done as in Python is refused, when the template is opened or when it is
 * reached. Values are plain JSON; nothing here reaches a Java object by reflection, and work,
 * memory, output and depth are bounded.
 */
@NullMarked
package org.peft4j.transformers.text.internal;

import org.jspecify.annotations.NullMarked;
