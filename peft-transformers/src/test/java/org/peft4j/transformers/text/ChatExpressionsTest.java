package org.peft4j.transformers.text;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.transformers.text.internal.JinjaException;
import org.peft4j.transformers.text.internal.JinjaTemplate;

/** Expressions of templates give Python's values and errors. */
final class ChatExpressionsTest {

    private static final JsonObject GOLDEN = Fixtures.goldenJson("chat_expressions");

    /** Of all expressions that Python computes, how many may be refused with a message. */
    private static final double REFUSED = 0.02;

    @Test
    void areNeverOtherwiseThanInPython() {
        List<JsonElement> all = GOLDEN.getAsJsonArray("expressions").asList();
        assertTrue(all.size() > 900);
        int[] refused = new int[1];
        assertAll(
                all.stream()
                        .map(JsonElement::getAsJsonObject)
                        .map(one -> () -> refused[0] += check(one) ? 0 : 1));
        assertTrue(refused[0] <= REFUSED * all.size(), refused[0] + " are refused");
    }

    /** Returns whether the text is Python's, or the error is one there too. */
    private static boolean check(JsonObject one) {
        String template = one.get("template").getAsString();
        String text;
        try {
            text = render(template, GOLDEN.getAsJsonObject("variables"));
        } catch (JinjaException e) {
            return one.has("error");
        }
        assertTrue(one.has("text"), () -> template + " gives \"" + text + "\"");
        assertEquals(one.get("text").getAsString(), text, template);
        return true;
    }

    private static String render(String template, JsonObject variables) {
        return new JinjaTemplate(template, ChatGolden.CLOCK).render(variables).text();
    }

    @Test
    void numbersOfChatsStayAsTheyAreWritten() {
        JsonObject variables =
                JsonParser.parseString("{\"v\": [12345678901234567890, 1e400, -0, 1E5, 0.0001]}")
                        .getAsJsonObject();
        assertEquals(
                "[12345678901234567890, Infinity, 0, 100000.0, 0.0001]",
                render("{{ v | tojson }}", variables));
    }

    @Test
    void thoughtsStandWhereTransformersPutsThem() {
        ChatTemplate template = ChatTemplate.of("{{ messages[0] | list }}", Map.of());
        Chat chat = Chat.of(ChatMessage.assistant("a").withReasoning("r"));
        assertEquals("['thinking', 'role', 'content', 'reasoning_content']", template.render(chat));
    }
}
