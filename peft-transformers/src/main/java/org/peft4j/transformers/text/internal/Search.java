package org.peft4j.transformers.text.internal;

/**
 * Looks for a text in another one in time that grows with the sum of their lengths, whatever they
 * are (Knuth, Morris and Pratt, 1977).
 */
final class Search {

    private final String part;

    /** How much of the part's begin its first i + 1 characters end with; read from either end. */
    private final int[] borders;

    private final boolean fromRight;

    Search(String part, boolean fromRight, Budget budget) {
        this.part = part;
        this.fromRight = fromRight;
        budget.make(2L * part.length());
        this.borders = new int[part.length()];
        for (int i = 1, length = 0; i < borders.length; i++) {
            while (length > 0 && at(i) != at(length)) {
                length = borders[length - 1];
            }
            length += at(i) == at(length) ? 1 : 0;
            borders[i] = length;
        }
    }

    private char at(int index) {
        return part.charAt(fromRight ? part.length() - 1 - index : index);
    }

    /**
     * Finds the first occurrence in a range, or the last one when reading from the right.
     *
     * @param start the first UTF-16 unit of the range
     * @param end the unit behind the range
     * @return its first unit, or -1
     */
    int in(String text, int start, int end, Budget budget) {
        int most = end - start;
        if (part.length() > most) {
            return -1;
        }
        if (part.isEmpty()) {
            return fromRight ? end : start;
        }
        int matched = 0;
        for (int i = 0; i < most; i++) {
            char c = text.charAt(fromRight ? end - 1 - i : start + i);
            while (matched > 0 && at(matched) != c) {
                matched = borders[matched - 1];
            }
            matched += at(matched) == c ? 1 : 0;
            if (matched == part.length()) {
                budget.read(i);
                return fromRight ? end - 1 - i : start + i + 1 - matched;
            }
        }
        budget.read(most);
        return -1;
    }

    static boolean contains(String text, String part, Budget budget) {
        return new Search(part, false, budget).in(text, 0, text.length(), budget) >= 0;
    }
}
