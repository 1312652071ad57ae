package org.peft4j.transformers.parts;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.peft4j.core.files.CheckpointDirectory;

/**
 * Finds tensors that a checkpoint stores under other names than the model has for them: with or
 * without the prefix of the bare transformer, or in the spelling of the first TensorFlow
 * conversions ({@code gamma} and {@code beta} of a norm).
 */
final class WeightNames {

    private final CheckpointDirectory files;
    private final String root;
    private final Set<String> prefixes;
    private final Map<String, String> stored = new LinkedHashMap<>();
    private final Map<String, String> paths = new LinkedHashMap<>();

    /**
     * Begins with no name resolved.
     *
     * @param root what the paths of the transformer start with in this model; may be empty
     * @param prefixes what they start with in other models of the family, as {@code bert.}
     */
    WeightNames(CheckpointDirectory files, String root, List<String> prefixes) {
        this.files = files;
        this.root = root;
        this.prefixes = new LinkedHashSet<>(List.of(root, ""));
        this.prefixes.addAll(prefixes);
    }

    /** Says that files call a module otherwise than the model does. */
    void storedAs(String path, String storedPath) {
        paths.put(path + ".", storedPath + ".");
    }

    /** Returns the name that files have today for a tensor of the model. */
    String written(String name) {
        for (Map.Entry<String, String> path : paths.entrySet()) {
            if (name.startsWith(path.getKey())) {
                return path.getValue() + name.substring(path.getKey().length());
            }
        }
        return name;
    }

    /** Returns the name that a tensor has in the file, if it is there. */
    Optional<String> find(String name) {
        if (stored.containsKey(name)) {
            return Optional.of(stored(name));
        }
        Optional<String> found = inFile(name);
        found.ifPresent(candidate -> stored.put(name, candidate));
        return found;
    }

    /** Lets a tensor go by another one's name, if that is there. */
    void alias(String name, String other) {
        inFile(other).ifPresent(candidate -> stored.put(name, candidate));
    }

    private Optional<String> inFile(String name) {
        return candidates(name).stream().filter(c -> files.find(c).isPresent()).findFirst();
    }

    private List<String> candidates(String name) {
        List<String> candidates = new ArrayList<>();
        candidates.add(name);
        candidates.add(written(name));
        if (name.startsWith(root)) {
            String rest = name.substring(root.length());
            prefixes.forEach(prefix -> candidates.add(prefix + rest));
        }
        List<String> older = new ArrayList<>();
        for (String candidate : candidates) {
            older.add(
                    candidate
                            .replaceFirst("LayerNorm\\.weight$", "LayerNorm.gamma")
                            .replaceFirst("LayerNorm\\.bias$", "LayerNorm.beta"));
        }
        candidates.addAll(older);
        return candidates;
    }

    /** Returns the model's name of each tensor of the file that the model uses. */
    Map<String, String> byStoredName() {
        Map<String, String> names = new LinkedHashMap<>();
        stored.forEach((name, storedName) -> names.putIfAbsent(storedName, name));
        return names;
    }

    /** Returns the name in the file of a tensor that was found before, or else the same name. */
    String stored(String name) {
        return stored.getOrDefault(name, name);
    }
}
