package org.peft4j.transformers.text.files;

/** A regular expression that was read. */
record Regex(String text, RegexNode node) {

    /** A hundred tries for each character of a run that does not match. */
    private static final double MOST_TRIES = 100 * RegexNode.TEXT;

    private static final double LARGEST = 50_000;

    /** Refuses what could take for ever, and returns how many characters it matches at least. */
    int accepted() throws BadRegexException {
        if (node.size() > LARGEST) {
            throw new BadRegexException(text, "is too large with its repeats written out");
        }
        double tries = node.tries(false);
        if (!(tries <= MOST_TRIES)) {
            throw new BadRegexException(text, "could take for ever: it repeats what it repeats");
        }
        return node.shortest();
    }
}
