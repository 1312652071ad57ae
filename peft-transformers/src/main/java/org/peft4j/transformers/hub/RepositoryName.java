package org.peft4j.transformers.hub;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The name of a model on the hub, {@code ORG/NAME}, or {@code NAME} for the oldest ones.
 *
 * @param name the name, checked by the hub's own rules
 */
record RepositoryName(String name) {

    private static final int LONGEST = 96;
    private static final String PART = "\\w(?:[\\w.-]*\\w)?";
    private static final Pattern NAME = Pattern.compile("(?:" + PART + "/)?" + PART);

    /** Returns the name, or empty if the text cannot be one. */
    static Optional<RepositoryName> of(String text) {
        boolean possible =
                text.length() <= LONGEST
                        && NAME.matcher(text).matches()
                        && !text.contains("--")
                        && !text.contains("..")
                        && !text.endsWith(".git");
        return possible ? Optional.of(new RepositoryName(text)) : Optional.empty();
    }

    /** Returns the name of its folder in the cache, such as {@code models--ORG--NAME}. */
    String folder() {
        return "models--" + name.replace("/", "--");
    }

    @Override
    public String toString() {
        return name;
    }
}
