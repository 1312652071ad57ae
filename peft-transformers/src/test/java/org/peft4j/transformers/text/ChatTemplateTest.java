package org.peft4j.transformers.text;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.peft4j.core.BadFileException;
import org.peft4j.core.PeftException;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.transformers.text.internal.JinjaException;
import org.peft4j.transformers.text.internal.JinjaTemplate;

/** Chats are written as transformers' apply_chat_template writes them. */
final class ChatTemplateTest {

    static Set<String> templates() {
        return ChatGolden.templates().keySet();
    }

    @ParameterizedTest
    @MethodSource("templates")
    void writesChatsAsTransformersDoes(String name) throws IOException {
        ChatTemplate template = ChatGolden.template(name);
        Map<String, JsonElement> results =
                ChatGolden.templates().getAsJsonObject(name).getAsJsonObject("results").asMap();
        assertTrue(results.size() > 20);
        assertAll(
                results.entrySet().stream()
                        .map(
                                result ->
                                        () ->
                                                check(
                                                        template,
                                                        name + ", " + result.getKey(),
                                                        ChatGolden.chat(result.getKey()),
                                                        result.getValue().getAsJsonObject())));
    }

    private static void check(ChatTemplate template, String what, Chat chat, JsonObject expected) {
        if (expected.has("text")) {
            assertEquals(expected.get("text").getAsString(), template.render(chat), what);
            return;
        }
        PeftException refused =
                assertThrows(PeftException.class, () -> template.render(chat), what);
        if (expected.get("error").getAsString().equals("TemplateError")) {
            String message = expected.get("message").getAsString();
            assertTrue(
                    String.valueOf(refused.getMessage()).contains(message), refused.getMessage());
        }
    }

    @Test
    void understandsJinjaAsPythonDoes() {
        JsonObject variables = ChatGolden.ALL.getAsJsonObject("variables");
        assertAll(
                ChatGolden.ALL.getAsJsonArray("snippets").asList().stream()
                        .map(JsonElement::getAsJsonObject)
                        .map(
                                snippet ->
                                        () -> {
                                            String source = snippet.get("template").getAsString();
                                            if (snippet.has("text")) {
                                                assertEquals(
                                                        snippet.get("text").getAsString(),
                                                        render(source, variables),
                                                        source);
                                            } else {
                                                assertThrows(
                                                        JinjaException.class,
                                                        () -> render(source, variables),
                                                        source);
                                            }
                                        }));
    }

    private static String render(String source, JsonObject variables) {
        return new JinjaTemplate(source, ChatGolden.CLOCK).render(variables).text();
    }

    @Test
    void buildsTheSameMessagesAsJson() {
        JsonObject arguments = new JsonObject();
        arguments.addProperty("city", "Bern");
        ToolCall call = new ToolCall("call00001", "get_weather", arguments);
        Chat built =
                Chat.of(
                        ChatMessage.system("s"),
                        ChatMessage.user("u"),
                        ChatMessage.calls(call),
                        ChatMessage.result(call, "rain"),
                        ChatMessage.assistant("a").withReasoning("r"));
        String json =
                """
                [{"role":"system","content":"s"},{"role":"user","content":"u"},
                 {"role":"assistant","content":null,"tool_calls":[{"id":"call00001","type":"function",
                  "function":{"name":"get_weather","arguments":{"city":"Bern"}}}]},
                 {"role":"tool","content":"rain","tool_call_id":"call00001","name":"get_weather"},
                 {"role":"assistant","content":"a","reasoning_content":"r"}]
                """;
        JsonObject line = new JsonObject();
        line.add("messages", com.google.gson.JsonParser.parseString(json));
        assertEquals(Chat.of(line), built);
    }

    @Test
    void choosesAmongNamedTemplates() {
        ChatTemplate template =
                ChatTemplate.of(
                        Map.of("default", "plain", "tool_use", "tools", "rag", "documents"),
                        Map.of(),
                        ChatGolden.CLOCK);
        Chat chat = Chat.of(ChatMessage.user("u"));
        Tool tool = new Tool("f", "", new JsonObject());
        assertEquals("plain", template.render(chat));
        assertEquals("tools", template.render(chat.withTools(tool)));
        assertEquals("documents", template.named("rag").render(chat));
        assertThrows(PeftException.class, () -> template.named("other"));
        ChatTemplate none = ChatTemplate.of(Map.of("a", "x", "b", "y"), Map.of(), ChatGolden.CLOCK);
        assertThrows(PeftException.class, () -> none.render(chat));
    }

    @Test
    void findsTemplatesWhereverACheckpointHasThem(@TempDir Path directory) throws IOException {
        Files.copy(
                Fixtures.tokenizer().resolve("tokenizer.json"),
                directory.resolve("tokenizer.json"));
        Path config = directory.resolve("tokenizer_config.json");
        Chat chat = Chat.of(ChatMessage.user("u"));
        Chat withTools = chat.withTools(new Tool("f", "", new JsonObject()));

        Files.writeString(config, "{\"bos_token\": {\"content\": \"<s>\"}}");
        try (Tokenizer tokenizer = Tokenizer.open(directory)) {
            assertThrows(PeftException.class, tokenizer::chatTemplate);
        }
        Files.writeString(
                config,
                "{\"bos_token\": {\"content\": \"<s>\"},"
                        + "\"chat_template\": \"{{ bos_token }}config\"}");
        assertEquals("<s>config", render(directory, chat));
        Files.writeString(
                config,
                "{\"chat_template\": [{\"name\": \"default\", \"template\": \"one\"},"
                        + " {\"name\": \"tool_use\", \"template\": \"two\"}]}");
        assertEquals("one", render(directory, chat));
        assertEquals("two", render(directory, withTools));
        Files.writeString(directory.resolve("chat_template.json"), "{\"chat_template\": \"json\"}");
        assertEquals("json", render(directory, chat));
        Files.writeString(directory.resolve("chat_template.jinja"), "jinja");
        assertEquals("jinja", render(directory, chat));
        Path additional = Files.createDirectory(directory.resolve("additional_chat_templates"));
        Files.writeString(additional.resolve("tool_use.jinja"), "additional");
        assertEquals("jinja", render(directory, chat));
        assertEquals("additional", render(directory, withTools));

        Files.writeString(directory.resolve("chat_template.jinja"), "{% if %}{% endfor %}");
        assertThrows(BadFileException.class, () -> Tokenizer.open(directory));
        Files.delete(directory.resolve("chat_template.jinja"));
        Files.delete(additional.resolve("tool_use.jinja"));
        Files.delete(directory.resolve("chat_template.json"));
        Files.writeString(config, "{\"chat_template\": [{\"name\": 3}]}");
        assertThrows(BadFileException.class, () -> Tokenizer.open(directory));
    }

    private static String render(Path directory, Chat chat) {
        try (Tokenizer tokenizer = Tokenizer.open(directory)) {
            return tokenizer.chatTemplate().render(chat);
        }
    }

    @Test
    void refusesWhatIsNoChat() {
        assertThrows(PeftException.class, () -> Chat.of());
        assertThrows(PeftException.class, () -> ChatMessage.of(new JsonObject()));
        JsonObject line = new JsonObject();
        line.addProperty("messages", "hello");
        assertThrows(PeftException.class, () -> Chat.of(line));
        ChatTemplate template = ChatTemplate.of("{{ messages[0].role }}", Map.of());
        Chat chat = Chat.of(ChatMessage.user("u")).withEnding(Chat.Ending.CONTINUE_FINAL_MESSAGE);
        assertThrows(PeftException.class, () -> template.render(chat));
    }
}
