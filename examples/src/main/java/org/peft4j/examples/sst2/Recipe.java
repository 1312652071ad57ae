package org.peft4j.examples.sst2;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.peft4j.adapter.Union;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftModel;

/**
 * How a method is put together.
 *
 * @param parts its adapter, or those of a union by name, the one nearest to the base first
 * @param members adapters that are trained before it, each on a share of the examples, and that it
 *     is made of; their names are those of {@link #memberNames}
 */
record Recipe(Map<String, PeftConfig> parts, List<PeftConfig> members) {

    private static final String NAME = "default";

    /** A method of one adapter. */
    static Recipe of(PeftConfig config) {
        return new Recipe(Map.of(NAME, config), List.of());
    }

    /** Adapters that are trained together, each named after its type. */
    static Recipe union(PeftConfig... configs) {
        Map<String, PeftConfig> parts = new LinkedHashMap<>();
        for (PeftConfig config : configs) {
            parts.put(config.peftType().toLowerCase(Locale.ROOT), config);
        }
        return new Recipe(parts, List.of());
    }

    /** The same method on top of adapters that are trained first. */
    Recipe after(List<? extends PeftConfig> first) {
        return new Recipe(parts, List.copyOf(first));
    }

    /** The names of so many members. */
    static String[] memberNames(int count) {
        String[] names = new String[count];
        for (int i = 0; i < count; i++) {
            names[i] = "member" + (i + 1);
        }
        return names;
    }

    private boolean isUnion() {
        return parts.size() > 1;
    }

    /** Adds the method's fresh adapters, behind the members, and returns their selection. */
    AdapterSelection addTo(PeftModel model, long seed) {
        if (isUnion()) {
            return Union.add(model, NAME, parts, seed).selection();
        }
        parts.forEach((name, config) -> model.add(name, config, seed));
        return AdapterSelection.of(NAME);
    }

    /** Saves the method's adapters: one to the directory itself, those of a union below it. */
    void save(PeftModel model, Path directory) {
        if (isUnion()) {
            new Union(NAME, List.copyOf(parts.keySet())).save(model, directory);
        } else {
            model.save(NAME, directory);
        }
    }
}
