package org.peft4j.transformers.generation;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.peft4j.transformers.generation.logits.TokenSequence;
import org.peft4j.transformers.text.Tokenizer;

/**
 * Finds strings that a text has just completed, however they are cut into tokens: the last token
 * must hold a part of the string, the first ones may even be the prompt's. Special tokens count as
 * their text.
 */
final class StopStrings {

    /** Tokens before a string, since decoders treat the first token of a text in their own way. */
    private static final int CONTEXT = 4;

    private final List<String> strings;
    private final Tokenizer tokenizer;
    private final int window;

    StopStrings(List<String> strings, Tokenizer tokenizer) {
        this.strings = strings;
        this.tokenizer = tokenizer;
        this.window =
                CONTEXT
                        + strings.stream()
                                .mapToInt(s -> s.getBytes(StandardCharsets.UTF_8).length)
                                .max()
                                .orElse(0);
    }

    /** Returns whether the newest token completes a string. */
    boolean isHit(TokenSequence sequence) {
        long[] ids = sequence.last(window);
        String text = tokenizer.decode(ids, false);
        if (strings.stream().noneMatch(text::contains)) {
            return false;
        }
        long[] earlier = Arrays.copyOf(ids, ids.length - 1);
        int old = commonPrefix(tokenizer.decode(earlier, false), text);
        return strings.stream().anyMatch(string -> endsBehind(text, string, old));
    }

    private static int commonPrefix(String a, String b) {
        int length = 0;
        while (length < Math.min(a.length(), b.length()) && a.charAt(length) == b.charAt(length)) {
            length++;
        }
        return length;
    }

    /** Returns whether the string occurs so that it ends behind the part that was there before. */
    private static boolean endsBehind(String text, String string, int old) {
        return text.indexOf(string, Math.max(0, old - string.length() + 1)) >= 0;
    }
}
