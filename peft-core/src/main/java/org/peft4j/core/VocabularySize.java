package org.peft4j.core;

/**
 * How many tokens a base is to have, and how the rows of new ones start.
 *
 * @param tokens how many; 0 for as many as it was published with
 * @param multipleOf the number is rounded up to a multiple of this, as {@code pad_to_multiple_of}
 * @param start how the rows of new tokens start
 * @param seed decides them where they are random
 */
public record VocabularySize(int tokens, int multipleOf, Start start, long seed) {

    /** How the rows of new tokens start. */
    public enum Start {
        /**
         * As the mean of the rows that the model was published with (Hewitt 2021). {@code
         * transformers} draws them around it, with 10⁻⁹ of the rows' covariance, which moves them
         * by some 10⁻⁵ of the rows' deviation; where that covariance has no full rank, it takes the
         * mean itself too.
         */
        MEAN,
        /** Drawn from N(0, {@code initializer_range}²), as with {@code mean_resizing=False}. */
        NORMAL
    }

    /** Checks the numbers. */
    public VocabularySize {
        if (tokens < 0 || multipleOf < 1) {
            throw new PeftException(
                    "a base can have 1 token or more, rounded up to a multiple of 1 or more, not "
                            + tokens
                            + " rounded up to a multiple of "
                            + multipleOf
                            + ".");
        }
    }

    /**
     * So many tokens; new ones start as the mean.
     *
     * @throws PeftException if it is not positive
     */
    public static VocabularySize of(int tokens) {
        if (tokens < 1) {
            throw new PeftException("a base must have 1 token or more, not " + tokens + ".");
        }
        return new VocabularySize(tokens, 1, Start.MEAN, 0);
    }

    /** As many tokens as published, rounded up to a multiple. */
    public static VocabularySize paddedTo(int multiple) {
        return new VocabularySize(0, multiple, Start.MEAN, 0);
    }

    /** The same, rounded up to a multiple. */
    public VocabularySize paddedToMultipleOf(int multiple) {
        return new VocabularySize(tokens, multiple, start, seed);
    }

    /** The same with new tokens drawn from a normal distribution. */
    public VocabularySize startingNormal(long withSeed) {
        return new VocabularySize(tokens, multipleOf, Start.NORMAL, withSeed);
    }

    /**
     * Returns the number of tokens.
     *
     * @param published how many the base was published with
     */
    public int from(int published) {
        long wanted = tokens == 0 ? published : tokens;
        long padded = (wanted + multipleOf - 1) / multipleOf * multipleOf;
        if (padded > Integer.MAX_VALUE) {
            throw new PeftException("a base cannot have " + padded + " tokens.");
        }
        return (int) padded;
    }
}
