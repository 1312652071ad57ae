package org.peft4j.core.targets;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.peft4j.core.PeftException;
import org.peft4j.core.targets.TargetSpec.ModulePattern;
import org.peft4j.core.targets.TargetSpec.Names;

/** One run of target matching over the modules of a base. */
final class Selection {

    private final Targets targets;
    private final LayerFilter layers;
    private final List<String> modulesToSave;
    private final List<TargetModule> selected = new ArrayList<>();
    private final Map<String, List<String>> matched = new LinkedHashMap<>();
    private final Set<String> meant = new LinkedHashSet<>();
    private final Set<String> setAside = new LinkedHashSet<>();
    private final Set<Integer> layersUsed = new LinkedHashSet<>();
    private boolean excluded;

    Selection(Targets targets, List<String> modulesToSave) {
        this.targets = targets;
        this.modulesToSave = modulesToSave;
        List<Integer> numbers = targets.layers();
        this.layers = new LayerFilter(numbers, targets.layerLists());
    }

    void offer(ModulePattern pattern, TargetModule module) {
        String path = module.path();
        boolean take = true;
        ModulePattern exclude = targets.exclude();
        if (exclude != null && exclude.matches(path)) {
            excluded = true;
            take = false;
        } else if (Targets.isInside(path, modulesToSave)) {
            take = false;
        }
        boolean any = false;
        for (String word : wordsThatMatch(pattern, path)) {
            meant.add(word);
            if (!take) {
                setAside.add(word);
            } else if (word.equals(path) || layers.admits(path)) {
                any = true;
                matched.computeIfAbsent(word, key -> new ArrayList<>()).add(path);
                OptionalInt layer = layers.layerOf(path);
                layer.ifPresent(layersUsed::add);
            }
        }
        if (any) {
            selected.add(module);
        }
    }

    private static List<String> wordsThatMatch(ModulePattern pattern, String path) {
        if (pattern instanceof Names list) {
            return list.names().stream().filter(name -> Names.isOrEndsWith(path, name)).toList();
        }
        return pattern.matches(path) ? words(pattern) : List.of();
    }

    private static List<String> words(ModulePattern pattern) {
        return pattern instanceof Names list
                ? list.names()
                : List.of(pattern.toJson().getAsString());
    }

    void requireSupported(Set<TargetModule.Kind> supported) {
        for (TargetModule module : selected) {
            if (!supported.contains(module.kind())) {
                throw new PeftException(
                        "target_modules = "
                                + targets.modules().toJson()
                                + " matches "
                                + module.path()
                                + ", which is a "
                                + module.kind()
                                + "; this method acts on these kinds of modules: "
                                + String.join(
                                        ", ",
                                        supported.stream().map(Object::toString).sorted().toList())
                                + ". Name such modules, or exclude this one with exclude_modules.");
            }
        }
    }

    void requireSome(List<TargetModule> present) {
        if (!selected.isEmpty()) {
            return;
        }
        List<String> words = words((ModulePattern) targets.modules());
        if (words.isEmpty()) {
            throw new PeftException(
                    "target_modules is an empty list. Name the modules to adapt, or leave it out for"
                            + " the default.");
        }
        if (meant.isEmpty()) {
            throw new PeftException(
                    "target_modules = "
                            + targets.modules().toJson()
                            + " matches no module of this base."
                            + (targets.modules() instanceof Names
                                    ? ""
                                    : " A string is a regular expression over the whole path, such"
                                            + " as \".*\\\\.q_proj\".")
                            + " "
                            + Targets.hint(words.get(0), present));
        }
        if (setAside.isEmpty()) {
            throw new PeftException(
                    "target_modules = "
                            + targets.modules().toJson()
                            + " matches modules, but none of them lies in layers_to_transform = "
                            + targets.layers()
                            + (targets.layerLists().isEmpty()
                                    ? ""
                                    : " with layers_pattern = " + targets.layerLists())
                            + ". Layers count from 0.");
        }
        throw new PeftException(
                "target_modules = "
                        + targets.modules().toJson()
                        + " matches modules, but exclude_modules or modules_to_save takes all of them"
                        + " out again. Narrow those.");
    }

    TargetReport report(List<TargetModule> present) {
        List<TargetReport.Match> matches = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (String word : words((ModulePattern) targets.modules())) {
            List<String> paths = matched.getOrDefault(word, List.of());
            matches.add(new TargetReport.Match(word, paths, setAside.contains(word)));
            if (!meant.contains(word)) {
                problems.add(
                        "target_modules names \""
                                + word
                                + "\", which matches no module of this base. "
                                + Targets.hint(word, present));
            } else if (paths.isEmpty() && !setAside.contains(word)) {
                problems.add(
                        "target_modules names \""
                                + word
                                + "\", which matches no module in layers_to_transform = "
                                + targets.layers()
                                + ".");
            }
        }
        List<Integer> wanted = targets.layers();
        for (Integer layer : wanted == null ? List.<Integer>of() : wanted) {
            if (!layersUsed.contains(layer)) {
                problems.add(
                        "layers_to_transform names layer "
                                + layer
                                + ", in which nothing is selected. Layers count from 0.");
            }
        }
        return new TargetReport(
                selected.stream().map(TargetModule::path).toList(), matches, problems, remark());
    }

    private String remark() {
        ModulePattern exclude = targets.exclude();
        return exclude == null || excluded || exclude.equals(new Names(List.of()))
                ? ""
                : "exclude_modules = " + exclude.toJson() + " excludes no module.";
    }
}
