package org.peft4j.transformers.hub;

import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.peft4j.core.BadFileException;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.files.Names;

/** The index of a checkpoint of several files: {@code {"weight_map": {TENSOR: SHARD}}}. */
final class ShardIndex {

    static final String NAME = "model.safetensors.index.json";
    static final String ENDING = ".safetensors.index.json";

    private ShardIndex() {}

    /**
     * Returns the names of the shards, sorted.
     *
     * @param index the file
     * @throws BadFileException if it is no index, or a shard is not a safetensors file beside it
     */
    static Set<String> shards(Path index) {
        JsonFields map = JsonFields.read(index).object("weight_map");
        Set<String> shards = new TreeSet<>();
        for (String tensor : map.object().keySet()) {
            String shard = map.string(tensor);
            if (!Names.isPlainFileName(shard) || !shard.endsWith(".safetensors")) {
                throw new BadFileException(
                        index,
                        "says that a tensor is in "
                                + Names.quote(shard)
                                + ", which is not a safetensors file beside it",
                        "Do not use this repository unless you trust who made it");
            }
            shards.add(shard);
        }
        return shards;
    }
}
