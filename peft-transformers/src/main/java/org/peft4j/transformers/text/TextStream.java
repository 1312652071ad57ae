package org.peft4j.transformers.text;

import java.util.Arrays;

/**
 * Decodes a text token by token, to show it while it grows. A token may hold only some of the bytes
 * of a character, or mean another text behind its predecessor than alone (the space before a word);
 * so this holds back what is not certain yet. The pieces together are the text of all ids decoded
 * at once, except where bytes turn out to be wrong: what was given out stands.
 *
 * <p>Each piece is whole characters. An id costs the decoding of a few ids, however long the text.
 * For one text and one thread.
 */
public final class TextStream {

    /** What decoders write for bytes that are no character, or not yet. */
    private static final String INCOMPLETE = "\uFFFD";

    private final Decoder decoder;
    private long[] window;
    private int given;
    private String shown;

    /** From ids to text. */
    @FunctionalInterface
    interface Decoder {
        String decode(long[] ids);
    }

    TextStream(Decoder decoder, long[] context) {
        this.decoder = decoder;
        this.window = context.clone();
        this.given = window.length;
        this.shown = decoder.decode(window);
    }

    /**
     * Takes the next id.
     *
     * @return the text that is certain by it; often empty
     */
    public String push(long id) {
        window = Arrays.copyOf(window, window.length + 1);
        window[window.length - 1] = id;
        String text = decoder.decode(window);
        if (text.endsWith(INCOMPLETE) || text.length() <= shown.length()) {
            return "";
        }
        String piece = text.substring(shown.length());
        window = Arrays.copyOfRange(window, given, window.length);
        given = window.length;
        shown = decoder.decode(window);
        return piece;
    }

    /**
     * Ends the text. The stream may go on afterwards, as with a new text behind the old one.
     *
     * @return what was held back: a character whose last bytes never came shows as U+FFFD
     */
    public String end() {
        String text = decoder.decode(window);
        String piece = text.substring(Math.min(shown.length(), text.length()));
        given = window.length;
        shown = text;
        return piece;
    }
}
