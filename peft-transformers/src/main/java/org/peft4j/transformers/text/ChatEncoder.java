package org.peft4j.transformers.text;

import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.List;
import org.peft4j.core.PeftException;
import org.peft4j.transformers.text.internal.Rendered;
import org.peft4j.transformers.text.internal.Rendered.Span;

/**
 * Turns chats into tokens, for generation or for training on what the assistant says.
 *
 * <p>A template names the assistant's parts with {@code {% generation %}}. Where it does not, they
 * are found by writing the chat up to each answer: from where an answer would be generated to the
 * end of that message. That needs a template under which a chat that goes on begins as the shorter
 * one did; one that drops the thoughts of earlier turns is refused.
 *
 * @param tokenizer the tokenizer
 * @param template the template; the special tokens are its business, none are added
 */
public record ChatEncoder(Tokenizer tokenizer, ChatTemplate template) {

    /** Returns the ids of a chat. */
    public long[] encode(Chat chat) {
        return tokenizer.encode(template.render(chat), false);
    }

    /**
     * Encodes a complete chat and marks what the assistant wrote.
     *
     * @throws PeftException if the assistant says nothing in it, or its parts cannot be told
     */
    public EncodedChat encodeForTraining(Chat chat) {
        Chat complete = chat.withEnding(Chat.Ending.COMPLETE);
        Rendered rendered = template.rendered(complete);
        EncodedText encoded = tokenizer.encodeText(rendered.text(), false);
        boolean[] assistant = new boolean[encoded.length()];
        if (rendered.generated().isEmpty()) {
            for (Span answer : answers(complete, rendered.text())) {
                mark(encoded, assistant, answer, false);
            }
        } else {
            for (Span span : rendered.generated()) {
                mark(encoded, assistant, span, true);
            }
        }
        EncodedChat chatInTokens = new EncodedChat(encoded.ids(), assistant);
        if (!chatInTokens.hasAnswer()) {
            throw new PeftException(
                    "the assistant says nothing in a chat, so there is nothing to learn from it."
                            + " Leave it out.");
        }
        return chatInTokens;
    }

    /**
     * Marks the tokens of a span.
     *
     * @param over whether a token may reach over its end, as transformers' mask does
     */
    private static void mark(EncodedText encoded, boolean[] marks, Span span, boolean over) {
        for (int i = 0; i < marks.length; i++) {
            marks[i] |=
                    encoded.end(i) > span.start()
                            && (over
                                    ? encoded.start(i) < span.end()
                                    : encoded.end(i) <= span.end());
        }
    }

    private List<Span> answers(Chat chat, String text) {
        List<Span> spans = new ArrayList<>();
        for (int i = 1; i < chat.messages().size(); i++) {
            if (chat.messages().get(i).role().equals("assistant")) {
                spans.add(answer(chat, text, i));
            }
        }
        return spans;
    }

    private Span answer(Chat chat, String text, int index) {
        String before = template.render(chat.first(index, Chat.Ending.GENERATION_PROMPT));
        String after = template.render(chat.first(index + 1, Chat.Ending.COMPLETE));
        int common = 0;
        while (common < Math.min(after.length(), text.length())
                && after.charAt(common) == text.charAt(common)) {
            common++;
        }
        if (!after.startsWith(before)
                || common < before.length()
                || !shows(
                        text.substring(before.length(), common),
                        chat,
                        index,
                        after.length() == common)) {
            throw new PeftException(
                    "the chat template writes message "
                            + index
                            + " differently once the chat goes on, so the assistant's tokens"
                            + " cannot be told. Mark them in the template with {% generation %}, or"
                            + " train on chats that end with their first answer.");
        }
        return new Span(before.length(), common);
    }

    /** Whether the text of an answer is all there, although an end of text may be missing. */
    private static boolean shows(String answer, Chat chat, int index, boolean whole) {
        return whole
                || (chat.messages().get(index).toJson().get("content")
                                instanceof JsonPrimitive content
                        && answer.contains(content.getAsString().strip()));
    }
}
