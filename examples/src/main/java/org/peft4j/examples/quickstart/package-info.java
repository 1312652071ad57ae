/**
 * The main job in one program: a frozen base, a LoRA adapter trained on a new task, saved, reloaded
 * and merged.
 */
@NullMarked
package org.peft4j.examples.quickstart;

import org.jspecify.annotations.NullMarked;
