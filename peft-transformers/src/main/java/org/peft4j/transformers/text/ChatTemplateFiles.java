package org.peft4j.transformers.text;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.BadFileException;
import org.peft4j.core.PeftException;
import org.peft4j.core.files.JsonFields;

/**
 * Finds the chat templates of a checkpoint, in this order: {@code chat_template.jinja} with {@code
 * additional_chat_templates/NAME.jinja} beside it, {@code chat_template.json}, and {@code
 * chat_template} in {@code tokenizer_config.json}, one text, or several by their names.
 */
final class ChatTemplateFiles {

    private static final String KEY = "chat_template";
    private static final String CONFIG = "tokenizer_config.json";
    private static final String SUFFIX = ".jinja";
    private static final String FORMS =
            "a text, an object of texts by their names, or a list of objects with name and template";
    private static final long LARGEST = 4 << 20;

    private ChatTemplateFiles() {}

    /**
     * Reads them.
     *
     * @param named the special tokens that templates may name: bos_token, eos_token and their like
     */
    static Optional<ChatTemplate> read(Path directory, Map<String, String> named) {
        Map<String, String> sources = sources(directory);
        if (sources.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    ChatTemplate.of(sources, named, Clock.system(ZoneId.systemDefault())));
        } catch (PeftException e) {
            throw new BadFileException(
                    directory,
                    "has a chat template that cannot be used: " + e.getMessage(),
                    "Correct it, or leave it out",
                    e);
        }
    }

    private static Map<String, String> sources(Path directory) {
        Map<String, String> sources = new LinkedHashMap<>();
        Path file = directory.resolve(KEY + SUFFIX);
        Path additional = directory.resolve("additional_chat_templates");
        if (Files.isRegularFile(file)) {
            sources.put("default", text(file));
        }
        if (Files.isDirectory(additional)) {
            for (Path other : files(additional)) {
                String name = String.valueOf(other.getFileName());
                sources.put(name.substring(0, name.length() - SUFFIX.length()), text(other));
            }
        }
        for (String name : List.of(KEY + ".json", CONFIG)) {
            Path json = directory.resolve(name);
            if (sources.isEmpty() && Files.exists(json)) {
                sources.putAll(inJson(JsonFields.read(json)));
            }
        }
        return sources;
    }

    private static Map<String, String> inJson(JsonFields config) {
        JsonElement value = config.object().get(KEY);
        if (value instanceof JsonPrimitive one && one.isString()) {
            return Map.of("default", one.getAsString());
        }
        Map<String, String> named = new LinkedHashMap<>();
        if (value instanceof JsonArray several) {
            for (JsonElement element : several) {
                String name = element instanceof JsonObject o ? string(o.get("name")) : null;
                String template =
                        element instanceof JsonObject o ? string(o.get("template")) : null;
                if (name == null || template == null) {
                    throw config.mustBe(KEY, FORMS);
                }
                named.put(name, template);
            }
        } else if (value instanceof JsonObject object) {
            for (Map.Entry<String, JsonElement> entry : object.entrySet()) {
                String template = string(entry.getValue());
                if (template == null) {
                    throw config.mustBe(KEY, FORMS);
                }
                named.put(entry.getKey(), template);
            }
        } else if (value != null && !value.isJsonNull()) {
            throw config.mustBe(KEY, FORMS);
        }
        return named;
    }

    private static @Nullable String string(@Nullable JsonElement element) {
        return element instanceof JsonPrimitive p && p.isString() ? p.getAsString() : null;
    }

    private static List<Path> files(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(SUFFIX)).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            if (Files.size(file) > LARGEST) {
                throw new BadFileException(
                        file, "is larger than a chat template can be", "Check that it is one");
            }
            return Files.readString(file);
        } catch (IOException e) {
            throw new BadFileException(
                    file, "cannot be read as UTF-8 text: " + e.getMessage(), "Restore it", e);
        }
    }
}
