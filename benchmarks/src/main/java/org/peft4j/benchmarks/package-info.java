/**
 * Speed and memory, measured beside the Python peers.
 *
 * <p>{@link org.peft4j.benchmarks.SideBySide} is the command: it writes a random checkpoint, then
 * runs the same LoRA training steps in a fresh process here ({@link
 * org.peft4j.benchmarks.TrainStep}) and in Python ({@code benchmarks/python/train_step.py}) in
 * turn, and prints the medians and their ratios as a table. Ratios of one run are what counts: the
 * machines that run this are noisy.
 */
@NullMarked
package org.peft4j.benchmarks;

import org.jspecify.annotations.NullMarked;
