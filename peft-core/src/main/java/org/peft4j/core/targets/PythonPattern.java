package org.peft4j.core.targets;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.PeftException;
import org.peft4j.core.files.Names;

/**
 * A regular expression of Python's {@code re}, with its spelling and its meaning. It comes from
 * files, so it is untrusted: its length is limited, and one that tries without end is stopped.
 */
public final class PythonPattern {

    private static final int LONGEST = 100_000;

    private final String source;
    private final PatternNode node;
    private final int groups;
    private final Map<String, Integer> names;

    private PythonPattern(String source, PatternNode node, int groups, Map<String, Integer> names) {
        this.source = source;
        this.node = node;
        this.groups = groups;
        this.names = names;
    }

    /**
     * Compiles an expression.
     *
     * @param source as Python spells it
     * @throws PeftException if it is not a regular expression, or too long for one
     */
    public static PythonPattern compile(String source) {
        if (source.length() > LONGEST) {
            throw new PeftException(
                    "the regular expression "
                            + Names.quote(source)
                            + " has more than "
                            + LONGEST
                            + " characters. Give a list of module names.");
        }
        PatternParser parser = new PatternParser(source);
        try {
            PatternNode node = parser.read();
            return new PythonPattern(
                    source, node, parser.groups().count(), parser.groups().names());
        } catch (PatternSource.Malformed e) {
            throw new PeftException(
                    Names.quote(source)
                            + " is not a regular expression of Python: "
                            + e.getMessage()
                            + ". Correct it, or give a list of module names.",
                    e);
        }
    }

    /**
     * Returns whether the expression matches the whole text, as {@code re.fullmatch}.
     *
     * @throws PeftException if that takes too long to find out
     */
    public boolean matches(String text) {
        return run(text, end -> end == text.codePointCount(0, text.length())) != null;
    }

    /**
     * Returns what the groups take where the text starts with a match, as {@code re.match}, or null
     * where it starts with none.
     *
     * @throws PeftException if that takes too long to find out
     */
    @Nullable Match matchStart(String text) {
        @Nullable PatternRun run = run(text, end -> true);
        return run == null ? null : name -> group(run, name);
    }

    private @Nullable String group(PatternRun run, String name) {
        @Nullable Integer number = names.get(name);
        return number == null ? null : run.text(number);
    }

    /** What the groups of a match took. */
    interface Match {
        /** Returns what a named group took, or null. */
        @Nullable String group(String name);
    }

    private @Nullable PatternRun run(String text, PatternNode.Rest end) {
        PatternRun run = new PatternRun(text, groups);
        try {
            return run.match(node, 0, end) ? run : null;
        } catch (PatternRun.OutOfSteps | StackOverflowError e) {
            throw new PeftException(
                    "the regular expression "
                            + Names.quote(source)
                            + " takes too long on "
                            + text
                            + ". Write it without nested repetitions.",
                    e);
        }
    }

    @Override
    public String toString() {
        return source;
    }
}
