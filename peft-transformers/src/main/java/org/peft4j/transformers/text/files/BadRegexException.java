package org.peft4j.transformers.text.files;

import org.peft4j.core.files.Names;

/** A regular expression that is malformed, or that could take for ever. */
final class BadRegexException extends Exception {

    private static final long serialVersionUID = 1L;

    BadRegexException(String regex, String problem) {
        super(Names.quote(regex) + ", which " + problem);
    }
}
