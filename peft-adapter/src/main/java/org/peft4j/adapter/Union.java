package org.peft4j.adapter;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.peft4j.adapter.hub.AdapterHub;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftModel;

/**
 * Adapters of several methods that are trained and selected together: MAM (a prefix and a scaled
 * parallel bottleneck, He et al. 2022) or UniPELT (LoRA, prefix and bottleneck, Mao et al. 2022).
 * The parts are ordinary adapters, named NAME.PART, and the union is no more than their names.
 *
 * <pre>{@code
 * Map<String, PeftConfig> parts = new LinkedHashMap<>();
 * parts.put("prefix", AttentionPrefixConfig.builder().bottleneckSize(800).build());
 * parts.put("bottleneck", BottleneckConfig.parallel().build());
 * Union mam = Union.add(model, "mam", parts, 0);
 * Trainer.builder().setModel(model).setSelection(mam.selection()) …
 * }</pre>
 *
 * <p>The last part has the trained copy of a task's head; the others have none.
 *
 * @param name of the union
 * @param parts names of the parts, the one nearest to the base first
 */
public record Union(String name, List<String> parts) {

    /** Checks the names. */
    public Union {
        parts = List.copyOf(parts);
        if (parts.size() < 2 || new LinkedHashSet<>(parts).size() < parts.size()) {
            throw new PeftException(
                    "a union needs two or more parts of different names, not " + parts + ".");
        }
    }

    private interface Part {
        void make(String adapter, String part);
    }

    /**
     * Adds fresh, trainable parts to a model: all, or none if one does not fit.
     *
     * @param name of the union
     * @param configs settings of the parts by name, the one nearest to the base first
     * @param seed decides their initial values
     */
    public static Union add(
            PeftModel model, String name, Map<String, ? extends PeftConfig> configs, long seed) {
        Map<String, PeftConfig> ordered = new LinkedHashMap<>(configs);
        Union union = new Union(name, List.copyOf(ordered.keySet()));
        long[] partSeed = {seed};
        union.all(
                model,
                (adapter, part) -> {
                    PeftConfig config = ordered.get(part);
                    if (config != null) {
                        union.addPart(model, part, config, partSeed[0]++);
                    }
                });
        return union;
    }

    private void addPart(PeftModel model, String part, PeftConfig config, long seed) {
        if (part.equals(parts.get(parts.size() - 1))) {
            model.add(adapter(part), config, seed);
        } else {
            model.addHeadless(adapter(part), config, seed);
        }
    }

    /**
     * Loads the parts from a directory that {@link #save} wrote: all, or none if one does not fit.
     *
     * @param directory has a directory for each part
     * @param parts names of the parts, the one nearest to the base first
     */
    public static Union load(PeftModel model, String name, Path directory, String... parts) {
        Union union = new Union(name, List.of(parts));
        union.all(model, (adapter, part) -> model.load(adapter, directory.resolve(part)));
        return union;
    }

    /** The same to go on training them. */
    public static Union loadTrainable(
            PeftModel model, String name, Path directory, String... parts) {
        Union union = new Union(name, List.of(parts));
        union.all(model, (adapter, part) -> model.loadTrainable(adapter, directory.resolve(part)));
        return union;
    }

    /**
     * Loads a union that the {@code adapters} library saved, such as {@code mam} or {@code
     * unipelt}: all of its parts, or none if one does not fit. They are named for their
     * architectures: {@code prefix_tuning}, {@code bottleneck}, {@code lora}.
     *
     * @param directory in AdapterHub's format
     */
    public static Union load(PeftModel model, String name, Path directory, AdapterHub format) {
        Union union = new Union(name, format.parts(directory));
        union.all(model, (adapter, part) -> model.load(adapter, directory, format.part(part)));
        return union;
    }

    /** The same to go on training it. */
    public static Union loadTrainable(
            PeftModel model, String name, Path directory, AdapterHub format) {
        Union union = new Union(name, format.parts(directory));
        union.all(
                model,
                (adapter, part) -> model.loadTrainable(adapter, directory, format.part(part)));
        return union;
    }

    private void all(PeftModel model, Part making) {
        List<String> made = new ArrayList<>();
        try {
            for (String part : parts) {
                making.make(adapter(part), part);
                made.add(adapter(part));
            }
        } catch (RuntimeException e) {
            made.forEach(model::delete);
            throw e;
        }
    }

    /** Returns the name of a part's adapter in the model. */
    public String adapter(String part) {
        return name + "." + part;
    }

    /** Returns the selection of all parts, for a pass or a training. */
    public AdapterSelection selection() {
        return AdapterSelection.of(parts.stream().map(this::adapter).toArray(String[]::new));
    }

    /** Saves every part to a directory of its name. */
    public void save(PeftModel model, Path directory) {
        for (String part : parts) {
            model.save(adapter(part), directory.resolve(part));
        }
    }

    /**
     * Saves all parts as one adapter of the {@code adapters} library, which must be of different
     * methods: a prefix ({@code ATTENTION_PREFIX}), a bottleneck, LoRA.
     *
     * @param directory created if needed
     * @throws PeftException if the format has no words for a part
     */
    public void save(PeftModel model, Path directory, AdapterHub format) {
        List<String> adapters = parts.stream().map(this::adapter).toList();
        model.saveUnion(name, adapters, directory, format);
    }

    /** Deletes every part from the model. */
    public void delete(PeftModel model) {
        parts.forEach(part -> model.delete(adapter(part)));
    }
}
