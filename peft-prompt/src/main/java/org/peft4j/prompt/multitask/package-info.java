/**
 * Multitask prompt tuning (Wang et al. 2023): one soft prompt that all tasks share, and for each
 * task a matrix of low rank that it is multiplied by. Trained on source tasks first, it starts the
 * prompt of a target task.
 */
@NullMarked
package org.peft4j.prompt.multitask;

import org.jspecify.annotations.NullMarked;
