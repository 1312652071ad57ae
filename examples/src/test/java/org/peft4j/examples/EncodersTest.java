package org.peft4j.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.peft4j.core.TokenBatch;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.train.data.Example;
import org.peft4j.transformers.text.Chat;
import org.peft4j.transformers.text.ChatMessage;
import org.peft4j.transformers.text.Tokenizer;

final class EncodersTest {

    @Test
    void aChatTeachesWhatTheAssistantSays() {
        Chat chat = Chat.of(ChatMessage.user("Who are you?"), ChatMessage.assistant("A model."));
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.chatTokenizer())) {
            Example example = Encoders.chat(tokenizer, chat);
            long[] learned =
                    Arrays.stream(example.labels())
                            .filter(label -> label != TokenBatch.IGNORED)
                            .toArray();
            assertEquals("A model.<|im_end|>\n", tokenizer.decode(learned, false));
        }
    }
}
