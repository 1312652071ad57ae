package org.peft4j.transformers.text;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.time.Clock;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.peft4j.core.PeftException;
import org.peft4j.transformers.text.internal.JinjaException;
import org.peft4j.transformers.text.internal.JinjaTemplate;
import org.peft4j.transformers.text.internal.Rendered;

/**
 * How a model wants chats to be written: the Jinja template of its checkpoint. Writes what
 * transformers' {@code apply_chat_template} does. A template comes with a checkpoint and is not
 * trusted: it sees nothing but the chat, and its work, output and depth are bounded. Safe for many
 * threads.
 */
public final class ChatTemplate {

    private static final String DEFAULT = "default";
    private static final String TOOL_USE = "tool_use";

    /** What a message's thoughts were called; each model reads one of them. */
    private static final List<String> REASONING =
            List.of("reasoning_content", "thinking", "reasoning");

    /** Marks where a message ends that is to be continued. */
    private static final String MARK = "CONTINUE_FINAL_MESSAGE_TAG ";

    private final Map<String, String> sources;
    private final Map<String, JinjaTemplate> templates = new LinkedHashMap<>();
    private final Map<String, String> specialTokens;

    private ChatTemplate(
            Map<String, String> sources, Map<String, String> specialTokens, Clock clock) {
        this.sources = Map.copyOf(sources);
        this.specialTokens = Map.copyOf(specialTokens);
        sources.forEach((name, source) -> templates.put(name, parse(name, source, clock)));
    }

    private static JinjaTemplate parse(String name, String source, Clock clock) {
        try {
            return new JinjaTemplate(source, clock);
        } catch (JinjaException e) {
            throw new PeftException(
                    "the chat template \"" + name + "\" is wrong: " + e.getMessage() + ".", e);
        }
    }

    /**
     * A template.
     *
     * @param source Jinja
     * @param specialTokens what it may name, such as {@code bos_token}
     * @throws PeftException if it is no Jinja
     */
    public static ChatTemplate of(String source, Map<String, String> specialTokens) {
        return of(Map.of(DEFAULT, source), specialTokens, Clock.system(ZoneId.systemDefault()));
    }

    /**
     * Several templates by name: {@code default}, {@code tool_use} for chats with tools, others for
     * {@link #named}.
     *
     * @param sources Jinja by name
     * @param specialTokens what they may name, such as {@code bos_token}
     * @param clock what they read the date of
     * @throws PeftException if one is no Jinja
     */
    public static ChatTemplate of(
            Map<String, String> sources, Map<String, String> specialTokens, Clock clock) {
        return new ChatTemplate(sources, specialTokens, clock);
    }

    /** Returns the names of all templates. */
    public Set<String> names() {
        return sources.keySet();
    }

    /**
     * Returns one of several templates as the only one.
     *
     * @throws PeftException if there is none of that name
     */
    public ChatTemplate named(String name) {
        String source = sources.get(name);
        if (source == null) {
            throw new PeftException("no chat template is named \"" + name + "\", only " + names());
        }
        return of(source, specialTokens);
    }

    /**
     * Writes a chat.
     *
     * @throws PeftException if the template refuses it, as some do for a system message or for
     *     turns that do not alternate; or if it is wrong or does too much
     */
    public String render(Chat chat) {
        return rendered(chat).text();
    }

    /** Writes a chat and tells what stands in {@code {% generation %}}. */
    Rendered rendered(Chat chat) {
        String name = nameFor(chat);
        JsonArray messages = new JsonArray();
        chat.messages().forEach(message -> messages.add(withReasoningNames(message.toJson())));
        boolean continues = chat.ending() == Chat.Ending.CONTINUE_FINAL_MESSAGE;
        String last = continues ? markLast(messages) : "";
        JsonObject variables = new JsonObject();
        specialTokens.forEach(variables::addProperty);
        chat.variables().forEach(variables::add);
        variables.add("messages", messages);
        variables.add("tools", list(chat.tools()));
        variables.add("documents", list(chat.documents()));
        variables.addProperty(
                "add_generation_prompt", chat.ending() == Chat.Ending.GENERATION_PROMPT);
        Rendered rendered = render(name, variables);
        return continues ? new Rendered(cut(rendered.text(), last), List.of()) : rendered;
    }

    private Rendered render(String name, JsonObject variables) {
        JinjaTemplate template = templates.get(name);
        if (template == null) {
            throw new PeftException("no chat template is named \"" + name + "\"");
        }
        try {
            return template.render(variables);
        } catch (JinjaException e) {
            throw new PeftException(
                    e.isRaised()
                            ? "the chat template refuses this chat: " + e.getMessage()
                            : "the chat template cannot write this chat: " + e.getMessage() + ".",
                    e);
        }
    }

    private String nameFor(Chat chat) {
        if (sources.size() == 1) {
            return sources.keySet().iterator().next();
        }
        if (!chat.tools().isEmpty() && sources.containsKey(TOOL_USE)) {
            return TOOL_USE;
        }
        if (!sources.containsKey(DEFAULT)) {
            throw new PeftException(
                    "there are several chat templates and none is the default. Choose one with"
                            + " named(…): "
                            + names());
        }
        return DEFAULT;
    }

    /** Templates ask whether there are tools by comparing with none. */
    private static JsonElement list(List<JsonObject> objects) {
        if (objects.isEmpty()) {
            return JsonNull.INSTANCE;
        }
        JsonArray array = new JsonArray();
        objects.forEach(array::add);
        return array;
    }

    /** Gives a message's thoughts the names that templates read them under. */
    private static JsonObject withReasoningNames(JsonObject message) {
        for (String name : REASONING) {
            JsonElement reasoning = message.get(name);
            if (reasoning != null) {
                JsonObject named = new JsonObject();
                named.add("thinking", reasoning);
                message.entrySet().forEach(field -> named.add(field.getKey(), field.getValue()));
                named.add("reasoning_content", reasoning);
                return named;
            }
        }
        return message;
    }

    /** Marks the end of the last message's text, and returns that text. */
    private static String markLast(JsonArray messages) {
        JsonObject message = messages.get(messages.size() - 1).getAsJsonObject();
        JsonElement content = message.get("content");
        if (content instanceof JsonPrimitive text && text.isString()) {
            message.addProperty("content", text.getAsString() + MARK);
            return text.getAsString();
        }
        if (content instanceof JsonArray parts) {
            for (int i = parts.size() - 1; i >= 0; i--) {
                if (parts.get(i) instanceof JsonObject part
                        && part.get("text") instanceof JsonPrimitive text) {
                    part.addProperty("text", text.getAsString() + MARK);
                    return text.getAsString();
                }
            }
        }
        throw new PeftException("the last message has no text to continue.");
    }

    private static String cut(String text, String last) {
        int mark = text.lastIndexOf(MARK.strip());
        if (mark < 0 || !text.contains(last.strip())) {
            throw new PeftException(
                    "the chat template does not show the last message as it is, so it cannot be"
                            + " continued.");
        }
        String before = text.substring(0, mark);
        return text.startsWith(MARK, mark) ? before : before.stripTrailing();
    }
}
