package org.peft4j.core.targets;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.peft4j.core.PeftException;

/**
 * A regular expression in the spelling of Python's {@code re}. It comes from files, so it is
 * untrusted: one that backtracks without end is stopped.
 */
public final class PythonPattern {

    private static final int MOST_READS = 1_000_000;
    private static final Pattern NAMED_GROUP = Pattern.compile("\\(\\?P([<=])(\\w+)([>)])");

    private final String source;
    private final Pattern pattern;

    private PythonPattern(String source, Pattern pattern) {
        this.source = source;
        this.pattern = pattern;
    }

    /**
     * Compiles an expression.
     *
     * @param source as Python spells it
     * @throws PeftException if it is not a regular expression
     */
    public static PythonPattern compile(String source) {
        try {
            return new PythonPattern(source, Pattern.compile(toJava(source)));
        } catch (PatternSyntaxException e) {
            throw new PeftException(
                    "\""
                            + source
                            + "\" is not a regular expression: "
                            + e.getDescription()
                            + " at character "
                            + Math.max(0, e.getIndex())
                            + ". Correct it, or give a list of module names.",
                    e);
        }
    }

    /** Named groups and the end of the text are what the two spell differently. */
    private static String toJava(String source) {
        Matcher group = NAMED_GROUP.matcher(source);
        return group.replaceAll(
                        found -> {
                            String name = "g" + found.group(2).replace("_", "U95");
                            return Matcher.quoteReplacement(
                                    found.group(1).equals("<")
                                            ? "(?<" + name + ">"
                                            : "\\k<" + name + ">");
                        })
                .replace("\\Z", "\\z");
    }

    /**
     * Returns whether the expression matches the whole text.
     *
     * @throws PeftException if that takes too long to find out
     */
    public boolean matches(String text) {
        try {
            return pattern.matcher(new Budget(text)).matches();
        } catch (OutOfBudget | StackOverflowError e) {
            throw new PeftException(
                    "the regular expression \""
                            + source
                            + "\" takes too long on "
                            + text
                            + ". Write it without nested repetitions.",
                    e);
        }
    }

    @Override
    public String toString() {
        return source;
    }

    /** A text that counts how often it is read, which is where backtracking shows. */
    private static final class Budget implements CharSequence {
        private final String text;
        private int reads;

        Budget(String text) {
            this.text = text;
        }

        @Override
        public char charAt(int index) {
            if (++reads > MOST_READS) {
                throw new OutOfBudget();
            }
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.subSequence(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }

    private static final class OutOfBudget extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}
