package org.peft4j.core.targets;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.targets.PatternSource.Malformed;

/** The numbered and named groups of an expression, while it is read. */
final class PatternGroups {

    private static final int ALL = Integer.MAX_VALUE;

    private final PatternSource source;
    private final List<@Nullable PatternNode> closed = new ArrayList<>();
    private final Map<String, Integer> names = new HashMap<>();
    private int beforeLookbehind = ALL;
    private int highestCondition;

    PatternGroups(PatternSource source) {
        this.source = source;
        closed.add(null); // groups count from 1
    }

    /** Opens a group, with a name or without. */
    int open(@Nullable String name) throws Malformed {
        int number = closed.size();
        if (name != null && names.putIfAbsent(checked(name), number) != null) {
            throw source.malformed("a group's name is used twice");
        }
        closed.add(null);
        return number;
    }

    void close(int number, PatternNode body) {
        closed.set(number, body);
    }

    private String checked(String name) throws Malformed {
        if (!isIdentifier(name)) {
            throw source.malformed("a group has no such name");
        }
        return name;
    }

    private static boolean isIdentifier(String name) {
        return name.codePoints().allMatch(PatternCharacters.word(false))
                && !Character.isDigit(name.codePointAt(0));
    }

    /** Returns the part of a group that an expression refers to. */
    PatternNode meant(int number) throws Malformed {
        @Nullable PatternNode body = number < closed.size() ? closed.get(number) : null;
        if (body == null) {
            throw source.malformed("there is no group " + number + " to refer to");
        }
        requireBeforeLookbehind(number);
        return body;
    }

    private void requireBeforeLookbehind(int number) throws Malformed {
        if (number >= beforeLookbehind) {
            throw source.malformed("a group in a lookbehind is referred to in there");
        }
    }

    int numberOf(String name) throws Malformed {
        @Nullable Integer number = names.get(checked(name));
        if (number == null) {
            throw source.malformed("there is no group of that name");
        }
        return number;
    }

    /** Returns the group that a condition names, which may come later. */
    int condition(String text) throws Malformed {
        int number;
        if (isIdentifier(text)) {
            number = numberOf(text);
        } else if (text.chars().allMatch(PatternEscapes::isDigit) && text.length() < 10) {
            number = Integer.parseInt(text);
            highestCondition = Math.max(highestCondition, number);
        } else {
            throw source.malformed("a condition names no group");
        }
        if (number == 0) {
            throw source.malformed("groups count from 1");
        }
        if (beforeLookbehind != ALL) {
            meant(number);
        }
        return number;
    }

    /** Enters a lookbehind; what this returns goes back to {@link #leaveLookbehind}. */
    int enterLookbehind() {
        int before = beforeLookbehind;
        beforeLookbehind = Math.min(before, closed.size());
        return before;
    }

    void leaveLookbehind(int before) {
        beforeLookbehind = before;
    }

    /** Returns how many groups there are, at the end of the expression. */
    int count() throws Malformed {
        if (highestCondition >= closed.size()) {
            throw source.malformed("there is no group " + highestCondition + " to refer to");
        }
        return closed.size() - 1;
    }

    Map<String, Integer> names() {
        return Map.copyOf(names);
    }
}
