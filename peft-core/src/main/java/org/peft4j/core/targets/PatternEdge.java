package org.peft4j.core.targets;

/** Places that take no character. */
enum PatternEdge implements PatternNode {
    TEXT_START,
    LINE_START,
    TEXT_END,
    /** The end, or before a line break that ends the text. */
    LAST_LINE_END,
    LINE_END,
    WORD_EDGE,
    NO_WORD_EDGE,
    ASCII_WORD_EDGE,
    NO_ASCII_WORD_EDGE;

    @Override
    public boolean match(PatternRun run, int at, Rest rest) {
        return isAt(run, at) && rest.matches(at);
    }

    private boolean isAt(PatternRun run, int at) {
        int length = run.length();
        return switch (this) {
            case TEXT_START -> at == 0;
            case LINE_START -> at == 0 || run.passes(at - 1, c -> c == '\n');
            case TEXT_END -> at == length;
            case LAST_LINE_END ->
                    at == length || (at == length - 1 && run.passes(at, c -> c == '\n'));
            case LINE_END -> at == length || run.passes(at, c -> c == '\n');
            case WORD_EDGE -> isWordEdge(run, at, false);
            case NO_WORD_EDGE -> length > 0 && !isWordEdge(run, at, false);
            case ASCII_WORD_EDGE -> isWordEdge(run, at, true);
            case NO_ASCII_WORD_EDGE -> length > 0 && !isWordEdge(run, at, true);
        };
    }

    private static boolean isWordEdge(PatternRun run, int at, boolean ascii) {
        return run.passes(at - 1, PatternCharacters.word(ascii))
                != run.passes(at, PatternCharacters.word(ascii));
    }

    @Override
    public long least() {
        return 0;
    }

    @Override
    public long most() {
        return 0;
    }
}
