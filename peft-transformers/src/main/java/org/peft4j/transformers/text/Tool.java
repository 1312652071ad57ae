package org.peft4j.transformers.text;

import com.google.gson.JsonObject;

/**
 * A function that an assistant may call.
 *
 * @param name its name
 * @param description what it does, for the model to read
 * @param parameters a JSON schema of its arguments: {@code {"type": "object", "properties": …}}
 */
public record Tool(String name, String description, JsonObject parameters) {

    /** Copies the schema. */
    public Tool {
        parameters = parameters.deepCopy();
    }

    @Override
    public JsonObject parameters() {
        return parameters.deepCopy();
    }

    /** Returns the form of OpenAI's and Hugging Face's interfaces. */
    JsonObject toJson() {
        JsonObject function = new JsonObject();
        function.addProperty("name", name);
        function.addProperty("description", description);
        function.add("parameters", parameters());
        JsonObject tool = new JsonObject();
        tool.addProperty("type", "function");
        tool.add("function", function);
        return tool;
    }
}
