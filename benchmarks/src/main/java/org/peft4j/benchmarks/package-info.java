/**
 * Speed and memory, measured beside the Python peers.
 *
 * <p>{@link org.peft4j.benchmarks.SideBySide} is the command: {@code train} compares LoRA training
 * steps ({@link org.peft4j.benchmarks.TrainStep}, {@code benchmarks/python/train_step.py}) and
 * {@code decode} greedy generation ({@link org.peft4j.benchmarks.Decode}, {@code
 * benchmarks/python/decode.py}). Each writes a random checkpoint, runs the same work in fresh
 * processes of both sides in turn, and prints the medians and their ratios as a table. Ratios of
 * one run are what counts: the machines that run this are noisy.
 */
@NullMarked
package org.peft4j.benchmarks;

import org.jspecify.annotations.NullMarked;
