package org.peft4j.transformers.text;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.List;
import org.peft4j.core.PeftException;

/**
 * One message of a chat, in the JSON that chat templates read: a {@code role}, mostly a {@code
 * content}, and whatever else a model knows, such as {@code tool_calls} or {@code
 * reasoning_content}. Immutable.
 */
public final class ChatMessage {

    private final JsonObject json;

    private ChatMessage(JsonObject json) {
        this.json = json;
    }

    /**
     * Takes a message as data sets and OpenAI's interface write it. Fields that are null are left
     * out, as transformers does.
     *
     * @throws PeftException if it has no role
     */
    public static ChatMessage of(JsonObject json) {
        if (!(json.get("role") instanceof JsonPrimitive role) || !role.isString()) {
            throw new PeftException(
                    "a chat message needs a \"role\", such as \"user\", but is " + json + ".");
        }
        JsonObject copy = json.deepCopy();
        copy.entrySet().removeIf(field -> field.getValue().isJsonNull());
        return new ChatMessage(copy);
    }

    /** A message of any role. */
    public static ChatMessage of(String role, String content) {
        JsonObject json = new JsonObject();
        json.addProperty("role", role);
        json.addProperty("content", content);
        return new ChatMessage(json);
    }

    /** Tells the assistant how to behave. Not every model has such messages. */
    public static ChatMessage system(String content) {
        return of("system", content);
    }

    /** What the user says. */
    public static ChatMessage user(String content) {
        return of("user", content);
    }

    /** What the assistant says. */
    public static ChatMessage assistant(String content) {
        return of("assistant", content);
    }

    /** What the assistant calls. */
    public static ChatMessage calls(ToolCall... calls) {
        JsonArray list = new JsonArray();
        List.of(calls).forEach(call -> list.add(call.toJson()));
        JsonObject json = new JsonObject();
        json.addProperty("role", "assistant");
        json.add("tool_calls", list);
        return new ChatMessage(json);
    }

    /**
     * What a call resulted in.
     *
     * @param call the call
     * @param content the result, often JSON
     */
    public static ChatMessage result(ToolCall call, String content) {
        return of("tool", content)
                .with("tool_call_id", new JsonPrimitive(call.id()))
                .with("name", new JsonPrimitive(call.name()));
    }

    /** The same message with the thoughts that came before its content. */
    public ChatMessage withReasoning(String reasoning) {
        return with("reasoning_content", new JsonPrimitive(reasoning));
    }

    /**
     * The same message with another field.
     *
     * @param field such as {@code content}, for one in several parts
     */
    public ChatMessage with(String field, JsonElement value) {
        JsonObject copy = json.deepCopy();
        copy.add(field, value.deepCopy());
        return of(copy);
    }

    /** Returns who speaks. */
    public String role() {
        return json.get("role").getAsString();
    }

    /** Returns a copy of the whole message. */
    public JsonObject toJson() {
        return json.deepCopy();
    }

    @Override
    public boolean equals(@org.jspecify.annotations.Nullable Object other) {
        return other instanceof ChatMessage that && json.equals(that.json);
    }

    @Override
    public int hashCode() {
        return json.hashCode();
    }

    @Override
    public String toString() {
        return json.toString();
    }
}
