package org.peft4j.transformers.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.peft4j.core.PeftException;
import org.peft4j.core.TokenBatch;
import org.peft4j.fixtures.Fixtures;

/** Chats become the tokens that transformers makes of them. */
final class ChatEncoderTest {

    @Test
    void marksTheAssistantAsTransformersDoes() {
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.chatTokenizer())) {
            ChatEncoder encoder = tokenizer.chats();
            for (Map.Entry<String, JsonElement> golden :
                    ChatGolden.ALL.getAsJsonObject("encoded").entrySet()) {
                JsonObject expected = golden.getValue().getAsJsonObject();
                Chat chat = ChatGolden.chat(golden.getKey()).withEnding(Chat.Ending.COMPLETE);
                long[] ids = longs(expected.get("ids"));
                long[] assistant = longs(expected.get("assistant"));
                EncodedChat encoded = encoder.encodeForTraining(chat);
                assertArrayEquals(ids, encoder.encode(chat), golden.getKey());
                assertArrayEquals(ids, encoded.ids(), golden.getKey());
                long[] labels = encoded.labels();
                for (int i = 0; i < ids.length; i++) {
                    long label = assistant[i] == 1 ? ids[i] : TokenBatch.IGNORED;
                    assertEquals(label, labels[i], golden.getKey() + " " + i);
                }
            }
        }
    }

    @Test
    void findsAnswersWithoutMarksInTheTemplate() throws IOException {
        for (String name : new String[] {"qwen2.5", "llama-3", "zephyr", "chatml"}) {
            assertEquals("I am a small model.|I can talk.", answers(name, "I can talk."), name);
        }
    }

    private static String answers(String template, String last) throws IOException {
        Chat chat =
                Chat.of(
                        ChatMessage.user("Who are you?"),
                        ChatMessage.assistant("I am a small model."),
                        ChatMessage.user("And what can you do?"),
                        ChatMessage.assistant(last));
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.chatTokenizer())) {
            EncodedChat encoded =
                    new ChatEncoder(tokenizer, ChatGolden.template(template))
                            .encodeForTraining(chat);
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < encoded.ids().length; i++) {
                boolean begins = encoded.assistant()[i] && (i == 0 || !encoded.assistant()[i - 1]);
                text.append(begins && !text.isEmpty() ? "|" : "");
                if (encoded.assistant()[i]) {
                    text.append(tokenizer.decode(new long[] {encoded.ids()[i]}, false));
                }
            }
            assertTrue(text.indexOf("Who") < 0 && text.indexOf("what can") < 0, text.toString());
            return text.toString()
                    .replaceAll("<\\|?/?[a-z_0-9]+\\|?>|</s>", "")
                    .replaceAll("\\s*(\\||$)", "$1");
        }
    }

    @Test
    void anEndOfTheWholeTextIsNoPartOfEarlierAnswers() {
        String template =
                "{% for m in messages %}<|im_start|>{{ m.role }}:{{ m.content }};{% endfor %}"
                        + "{% if add_generation_prompt %}<|im_start|>assistant:"
                        + "{% else %}<|im_end|>{% endif %}";
        Chat chat =
                Chat.of(
                        ChatMessage.user("u"),
                        ChatMessage.assistant("a"),
                        ChatMessage.user("v"),
                        ChatMessage.assistant("b"));
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.chatTokenizer())) {
            EncodedChat encoded =
                    new ChatEncoder(tokenizer, ChatTemplate.of(template, Map.of()))
                            .encodeForTraining(chat);
            long[] learned =
                    Arrays.stream(encoded.labels())
                            .filter(label -> label != TokenBatch.IGNORED)
                            .toArray();
            assertEquals("a;b;<|im_end|>", tokenizer.decode(learned, false));
        }
    }

    @Test
    void refusesATemplateThatRewritesEarlierAnswers() {
        String template =
                "{% for m in messages %}{{ m.role }}:"
                        + "{{ m.content if loop.last else m.content | upper }};{% endfor %}"
                        + "{% if add_generation_prompt %}assistant:{% endif %}";
        Chat first = Chat.of(ChatMessage.user("u"), ChatMessage.assistant("a b"));
        Chat longer = first.with(ChatMessage.user("v")).with(ChatMessage.assistant("c"));
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.chatTokenizer())) {
            ChatEncoder encoder = new ChatEncoder(tokenizer, ChatTemplate.of(template, Map.of()));
            assertThrows(PeftException.class, () -> encoder.encodeForTraining(longer));
            assertThrows(
                    PeftException.class,
                    () -> encoder.encodeForTraining(Chat.of(ChatMessage.user("u"))));
        }
    }

    private static long[] longs(JsonElement array) {
        return array.getAsJsonArray().asList().stream().mapToLong(JsonElement::getAsLong).toArray();
    }
}
