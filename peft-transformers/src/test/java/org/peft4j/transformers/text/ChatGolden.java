package org.peft4j.transformers.text;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import org.peft4j.fixtures.Fixtures;

/** What Python's transformers makes of chats. */
final class ChatGolden {

    static final JsonObject ALL = Fixtures.goldenJson("chat");
    static final Clock CLOCK =
            Clock.fixed(
                    LocalDateTime.parse(ALL.get("now").getAsString()).toInstant(ZoneOffset.UTC),
                    ZoneOffset.UTC);

    private ChatGolden() {}

    static JsonObject templates() {
        return ALL.getAsJsonObject("templates");
    }

    /** The template of a model family, with its special tokens and the clock of the fixtures. */
    static ChatTemplate template(String name) throws IOException {
        Map<String, String> tokens = new LinkedHashMap<>();
        templates()
                .getAsJsonObject(name)
                .getAsJsonObject("special_tokens")
                .entrySet()
                .forEach(token -> tokens.put(token.getKey(), token.getValue().getAsString()));
        String source = Files.readString(Fixtures.chatTemplate(name));
        return ChatTemplate.of(Map.of("default", source), tokens, CLOCK);
    }

    /** A case's chat: what is no argument of its own is a variable. */
    static Chat chat(String name) {
        JsonObject json = ALL.getAsJsonObject("cases").getAsJsonObject(name);
        Chat chat = Chat.of(json);
        for (Map.Entry<String, JsonElement> entry : json.entrySet()) {
            chat =
                    switch (entry.getKey()) {
                        case "messages", "tools" -> chat;
                        case "add_generation_prompt" -> chat.withGenerationPrompt();
                        case "continue_final_message" ->
                                chat.withEnding(Chat.Ending.CONTINUE_FINAL_MESSAGE);
                        default -> chat.with(entry.getKey(), entry.getValue());
                    };
        }
        return chat;
    }
}
