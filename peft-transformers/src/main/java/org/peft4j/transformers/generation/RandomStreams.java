package org.peft4j.transformers.generation;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** A random stream for each text, so that none depends on what the others draw. */
final class RandomStreams {

    private RandomStreams() {}

    /** Returns the stream of a text: of that number among those of a prompt of that number. */
    static RandomGenerator of(
            GenerationConfig config, GenerationRequest request, int prompt, int number) {
        long seed = request.seed(prompt).orElseGet(() -> derived(config.seed(), prompt));
        return new SplittableRandom(derived(seed, number));
    }

    /** The seed itself for number 0, and unrelated ones for the others. */
    private static long derived(long seed, int number) {
        if (number == 0) {
            return seed;
        }
        long z = seed + number * 0x9E3779B97F4A7C15L; // SplitMix64 (Steele et al. 2014)
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
