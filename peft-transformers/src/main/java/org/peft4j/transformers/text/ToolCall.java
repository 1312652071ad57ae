package org.peft4j.transformers.text;

import com.google.gson.JsonObject;

/**
 * A call that an assistant makes.
 *
 * @param id what its result is named by; Mistral wants nine letters and digits
 * @param name the function
 * @param arguments its arguments by name
 */
public record ToolCall(String id, String name, JsonObject arguments) {

    /** Copies the arguments. */
    public ToolCall {
        arguments = arguments.deepCopy();
    }

    @Override
    public JsonObject arguments() {
        return arguments.deepCopy();
    }

    JsonObject toJson() {
        JsonObject function = new JsonObject();
        function.addProperty("name", name);
        function.add("arguments", arguments());
        JsonObject call = new JsonObject();
        call.addProperty("id", id);
        call.addProperty("type", "function");
        call.add("function", function);
        return call;
    }
}
