package org.peft4j.examples;

import java.util.OptionalLong;
import org.peft4j.core.PeftException;
import org.peft4j.train.data.Example;
import org.peft4j.train.data.ExampleEncoder;
import org.peft4j.transformers.text.Chat;
import org.peft4j.transformers.text.EncodedChat;
import org.peft4j.transformers.text.Tokenizer;

/** How the programs turn text into tokens: begun and ended as the checkpoint's tokenizer says. */
public final class Encoders {

    private Encoders() {}

    /**
     * Returns the encoder of training examples.
     *
     * @throws PeftException if the tokenizer has no end token
     */
    public static ExampleEncoder of(Tokenizer tokenizer) {
        long end =
                tokenizer
                        .special()
                        .end()
                        .orElseThrow(
                                () ->
                                        new PeftException(
                                                "the tokenizer has no end token, so completions"
                                                        + " could not end. Name eos_token in"
                                                        + " tokenizer_config.json."));
        ExampleEncoder encoder = ExampleEncoder.of(text -> tokenizer.encode(text, false), end);
        OptionalLong begin = tokenizer.special().begin();
        return begin.isPresent() ? encoder.withBegin(begin.getAsLong()) : encoder;
    }

    /**
     * Returns a training example of a chat: loss on what the assistant says.
     *
     * @throws PeftException if the checkpoint has no chat template, or the assistant says nothing
     */
    public static Example chat(Tokenizer tokenizer, Chat chat) {
        EncodedChat encoded = tokenizer.chats().encodeForTraining(chat);
        return Example.of(encoded.ids(), encoded.labels());
    }

    /** Returns the ids of a prompt to continue, begun as the training examples are. */
    public static long[] prompt(Tokenizer tokenizer, String text) {
        long[] ids = tokenizer.encode(text, false);
        OptionalLong begin = tokenizer.special().begin();
        if (begin.isEmpty()) {
            return ids;
        }
        long[] begun = new long[ids.length + 1];
        begun[0] = begin.getAsLong();
        System.arraycopy(ids, 0, begun, 1, ids.length);
        return begun;
    }
}
