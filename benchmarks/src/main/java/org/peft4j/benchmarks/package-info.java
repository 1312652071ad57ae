/**
 * Speed and memory, measured beside the Python peers.
 *
 * <p>{@link org.peft4j.benchmarks.SideBySide} is the command, and runs the same work in fresh
 * processes of both sides in turn: {@code train} compares LoRA training steps ({@link
 * org.peft4j.benchmarks.TrainStep}, {@code benchmarks/python/train_step.py}) and {@code decode}
 * greedy generation ({@link org.peft4j.benchmarks.Decode}, {@code benchmarks/python/decode.py}),
 * both on a random checkpoint; {@code sst2} trains a classifier on real data ({@code
 * benchmarks/python/sst2.py}). Ratios of one run are what counts: the machines that run this are
 * noisy.
 */
@NullMarked
package org.peft4j.benchmarks;

import org.jspecify.annotations.NullMarked;
