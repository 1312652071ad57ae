package org.peft4j.transformers.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.peft4j.core.PeftException;
import org.peft4j.fixtures.Fixtures;

/**
 * A text that was cut inside an emoji is refused by all that encodes, as Python's tokenizers refuse
 * it with a TypeError: "TextEncodeInput must be Union[TextInputSequence, ...]".
 */
class HalfCharacterTest {

    @ParameterizedTest
    @ValueSource(strings = {"ab\ud83d", "ab\ude42", "\ud83dab", "ab\ude42\ud83d", "🙂\ud83d x"})
    void refusedEverywhere(String text) {
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.chatTokenizer())) {
            Chat chat = Chat.of(ChatMessage.user("Hi"), ChatMessage.assistant(text));
            Stream.<Executable>of(
                            () -> tokenizer.encode(text),
                            () -> tokenizer.encode(text, false),
                            () -> tokenizer.encode(text, 3),
                            () -> tokenizer.encodeText(text, true),
                            () -> tokenizer.encodePair("a", text),
                            () -> tokenizer.encodePair(text, "a", 9),
                            () -> tokenizer.encodeWords(List.of("a", text)),
                            () -> tokenizer.batch(List.of("a", text), true),
                            () -> tokenizer.chats().encode(chat),
                            () -> tokenizer.chats().encodeForTraining(chat))
                    .forEach(HalfCharacterTest::refused);
        }
    }

    private static void refused(Executable call) {
        String message = String.valueOf(assertThrows(PeftException.class, call).getMessage());
        assertTrue(message.contains("has half of a character"), message);
    }

    @Test
    void wholeEmojiKeepTheirPlaces() {
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.tokenizer("roberta"))) {
            String text = "a🙂b\u0000c";

            EncodedText encoded = tokenizer.encodeText(text, true);

            assertArrayEquals(tokenizer.encode(text), encoded.ids());
            assertEquals(text.length(), encoded.end(encoded.length() - 2));
        }
    }

    @Test
    void idsThatAreNoTokensAreNotDecoded() {
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.tokenizer())) {
            for (long id : new long[] {-1, -100, 1L << 32, Long.MAX_VALUE}) {
                long[] ids = {5, id};
                PeftException refused =
                        assertThrows(PeftException.class, () -> tokenizer.decode(ids));
                String message = String.valueOf(refused.getMessage());
                assertTrue(message.contains("ids[1] is " + id), message);
            }
        }
    }
}
