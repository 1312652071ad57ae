package org.peft4j.transformers.parts;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.peft4j.core.files.FileBody;
import org.peft4j.core.files.PythonJson;
import org.peft4j.core.files.SafetensorsWriter;
import org.peft4j.core.files.TensorSource;

/** Spreads the tensors of a checkpoint over files, as {@code transformers} names them. */
final class Shards {

    static final String SINGLE = "model.safetensors";
    static final String INDEX = "model.safetensors.index.json";

    private Shards() {}

    /**
     * The files of some tensors: one, or several and their index.
     *
     * @param largest the most bytes of tensors in a file, unless one tensor alone has more
     */
    static Map<String, FileBody> of(List<TensorSource> tensors, long largest) {
        List<List<TensorSource>> shards = split(tensors, largest);
        Map<String, FileBody> files = new LinkedHashMap<>();
        if (shards.size() == 1) {
            files.put(SINGLE, body(shards.get(0)));
            return files;
        }
        JsonObject weightMap = new JsonObject();
        for (int i = 0; i < shards.size(); i++) {
            String name = String.format("model-%05d-of-%05d.safetensors", i + 1, shards.size());
            files.put(name, body(shards.get(i)));
            shards.get(i).forEach(tensor -> weightMap.addProperty(tensor.name(), name));
        }
        JsonObject metadata = new JsonObject();
        metadata.addProperty(
                "total_size", tensors.stream().mapToLong(TensorSource::byteCount).sum());
        JsonObject index = new JsonObject();
        index.add("metadata", metadata);
        index.add("weight_map", weightMap);
        files.put(INDEX, FileBody.of(PythonJson.dumps(index) + "\n"));
        return files;
    }

    private static List<List<TensorSource>> split(List<TensorSource> tensors, long largest) {
        List<List<TensorSource>> shards = new ArrayList<>();
        List<TensorSource> current = new ArrayList<>();
        long size = 0;
        for (TensorSource tensor : tensors) {
            if (!current.isEmpty() && size + tensor.byteCount() > largest) {
                shards.add(current);
                current = new ArrayList<>();
                size = 0;
            }
            current.add(tensor);
            size += tensor.byteCount();
        }
        shards.add(current);
        return shards;
    }

    private static FileBody body(List<TensorSource> tensors) {
        return SafetensorsWriter.body(tensors, SafetensorsWriter.DEFAULT_METADATA);
    }
}
