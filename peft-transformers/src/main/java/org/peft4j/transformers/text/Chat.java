package org.peft4j.transformers.text;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.peft4j.core.PeftException;

/**
 * A conversation and how to write it; the arguments of transformers' {@code apply_chat_template}.
 *
 * @param messages what was said, at least one message
 * @param tools the functions that may be called, in the JSON of {@link Tool}; may be empty
 * @param documents what a retrieving model reads, objects with {@code title} and {@code text}; may
 *     be empty
 * @param ending what stands behind the last message
 * @param variables what else the template reads, such as {@code enable_thinking}
 */
public record Chat(
        List<ChatMessage> messages,
        List<JsonObject> tools,
        List<JsonObject> documents,
        Ending ending,
        Map<String, JsonElement> variables) {

    /** How a text ends. */
    public enum Ending {
        /** With the last message: for training. */
        COMPLETE,
        /** With what begins an answer, so that a model gives one. */
        GENERATION_PROMPT,
        /** Inside the last message, without what closes it, so that a model goes on with it. */
        CONTINUE_FINAL_MESSAGE
    }

    /** Copies and checks. */
    public Chat {
        messages = List.copyOf(messages);
        tools = tools.stream().map(JsonObject::deepCopy).toList();
        documents = documents.stream().map(JsonObject::deepCopy).toList();
        variables = Map.copyOf(variables);
        if (messages.isEmpty()) {
            throw new PeftException("a chat is empty. Give at least one message.");
        }
    }

    /** A complete chat. */
    public static Chat of(ChatMessage... messages) {
        return of(List.of(messages));
    }

    /** A complete chat. */
    public static Chat of(List<ChatMessage> messages) {
        return new Chat(messages, List.of(), List.of(), Ending.COMPLETE, Map.of());
    }

    /**
     * Takes a line of a data set: an object with {@code messages}, and perhaps {@code tools} and
     * {@code documents}.
     *
     * @throws PeftException if it has no messages
     */
    public static Chat of(JsonObject line) {
        List<ChatMessage> messages =
                objects(line, "messages").stream().map(ChatMessage::of).toList();
        return of(messages)
                .withToolSchemas(objects(line, "tools"))
                .withDocuments(objects(line, "documents"));
    }

    private static List<JsonObject> objects(JsonObject line, String key) {
        JsonElement value = line.get(key);
        List<JsonObject> objects = new ArrayList<>();
        if (value == null || value.isJsonNull()) {
            return objects;
        }
        if (value instanceof JsonArray array) {
            for (JsonElement element : array) {
                if (element instanceof JsonObject object) {
                    objects.add(object);
                }
            }
            if (objects.size() == array.size()) {
                return objects;
            }
        }
        throw new PeftException("\"" + key + "\" of a chat must be a list of objects.");
    }

    /** The same chat with functions that may be called. */
    public Chat withTools(Tool... added) {
        return withToolSchemas(List.of(added).stream().map(Tool::toJson).toList());
    }

    /** The same chat with functions that may be called, as JSON. */
    public Chat withToolSchemas(List<JsonObject> schemas) {
        return new Chat(messages, schemas, documents, ending, variables);
    }

    /** The same chat with documents. */
    public Chat withDocuments(List<JsonObject> read) {
        return new Chat(messages, tools, read, ending, variables);
    }

    /** The same chat with another ending. */
    public Chat withEnding(Ending end) {
        return new Chat(messages, tools, documents, end, variables);
    }

    /** The same chat, ready for an answer. */
    public Chat withGenerationPrompt() {
        return withEnding(Ending.GENERATION_PROMPT);
    }

    /** The same chat with a variable for the template, such as {@code enable_thinking}. */
    public Chat with(String variable, boolean value) {
        return with(variable, new JsonPrimitive(value));
    }

    /** The same chat with a variable for the template. */
    public Chat with(String variable, String value) {
        return with(variable, new JsonPrimitive(value));
    }

    /** The same chat with a variable for the template. */
    public Chat with(String variable, JsonElement value) {
        Map<String, JsonElement> more = new LinkedHashMap<>(variables);
        more.put(variable, value);
        return new Chat(messages, tools, documents, ending, more);
    }

    /** The same chat with one more message. */
    public Chat with(ChatMessage message) {
        List<ChatMessage> more = new ArrayList<>(messages);
        more.add(message);
        return new Chat(more, tools, documents, ending, variables);
    }

    /** The first messages of this chat, with an ending. */
    Chat first(int count, Ending end) {
        return new Chat(messages.subList(0, count), tools, documents, end, variables);
    }
}
