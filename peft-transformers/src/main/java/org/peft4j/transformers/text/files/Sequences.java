package org.peft4j.transformers.text.files;

import java.util.List;
import java.util.function.ToDoubleBiFunction;

/** Parts that are sequences of parts of their own kind. */
final class Sequences {

    private static final int DEEPEST = 8;
    private static final int LONGEST = 64;

    private Sequences() {}

    /** Returns the members, which must not be nested too deep. */
    static List<Part> members(Part sequence, String key, int depth) {
        if (depth >= DEEPEST) {
            throw sequence.bad("is nested more than " + DEEPEST + " sequences deep");
        }
        return sequence.parts(key, LONGEST);
    }

    /** Returns how many times longer a text becomes at most that goes through all members. */
    static double growth(
            Part sequence, String key, int depth, ToDoubleBiFunction<Part, Integer> of) {
        double growth = 1;
        for (Part member : members(sequence, key, depth)) {
            growth *= of.applyAsDouble(member, depth + 1);
        }
        return growth;
    }
}
