package org.peft4j.core.targets;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.NearNames;
import org.peft4j.core.PeftException;
import org.peft4j.core.points.LinearRole;
import org.peft4j.core.targets.TargetSpec.AllLinear;
import org.peft4j.core.targets.TargetSpec.Default;
import org.peft4j.core.targets.TargetSpec.ModulePattern;
import org.peft4j.core.targets.TargetSpec.Names;
import org.peft4j.core.targets.TargetSpec.Regex;

/**
 * Which modules an adapter acts on, by the settings that peft has for it.
 *
 * @param modules {@code target_modules}
 * @param exclude {@code exclude_modules}, which is looked at first; or null
 * @param layers {@code layers_to_transform}: only in these layers, counted by the first number in
 *     the path; empty or null for all. A name that is a whole path is exempt
 * @param layerLists {@code layers_pattern}: what the numbered list of layers is called, as regular
 *     expressions of which the first that matches counts; empty for any
 */
public record Targets(
        TargetSpec modules,
        @Nullable ModulePattern exclude,
        @Nullable List<Integer> layers,
        List<String> layerLists) {

    /** Copies and checks. */
    public Targets {
        layers = layers == null ? null : List.copyOf(layers);
        layerLists = List.copyOf(layerLists);
        boolean isString = modules instanceof Regex || modules instanceof AllLinear;
        if (isString && layers != null) {
            throw new PeftException(
                    "layers_to_transform is for a list of target_modules, but target_modules is the"
                            + " string "
                            + modules.toJson()
                            + ". Name the layers in the regular expression, or give a list.");
        }
        if (isString && !layerLists.isEmpty()) {
            throw new PeftException(
                    "layers_pattern is for a list of target_modules, but target_modules is the"
                            + " string "
                            + modules.toJson()
                            + ". Leave it out.");
        }
        if (!layerLists.isEmpty() && layers == null) {
            throw new PeftException(
                    "layers_pattern is "
                            + layerLists
                            + ", which says nothing without layers_to_transform. Set both or"
                            + " neither.");
        }
        for (String list : layerLists) {
            LayerFilter.requirePattern(list);
        }
        for (Integer layer : layers == null ? List.<Integer>of() : layers) {
            if (layer < 0) {
                throw new PeftException(
                        "layers_to_transform must hold numbers from 0 up, but holds "
                                + layer
                                + ".");
            }
        }
    }

    /** The modules that a spec means, without further conditions. */
    public static Targets of(TargetSpec modules) {
        return new Targets(modules, null, null, List.of());
    }

    /** The same modules without some; null for none. */
    public Targets excluding(@Nullable ModulePattern pattern) {
        return new Targets(modules, pattern, layers, layerLists);
    }

    /**
     * Turns the default and {@code all-linear} into names; other settings stay as they are.
     *
     * @param present the base's modules
     * @param defaults the roles of the linears that the method takes by default
     * @throws PeftException if there are no such modules
     */
    public Targets settle(List<TargetModule> present, Set<LinearRole> defaults) {
        return settle(present, module -> module.hasRoleIn(defaults));
    }

    /**
     * Turns the default and {@code all-linear} into names; other settings stay as they are.
     *
     * @param present the base's modules
     * @param defaults the modules that the method takes by default
     * @throws PeftException if there are no such modules
     */
    public Targets settle(List<TargetModule> present, Predicate<TargetModule> defaults) {
        if (modules instanceof ModulePattern) {
            return this;
        }
        Set<String> names = new LinkedHashSet<>();
        if (modules instanceof Default) {
            names.addAll(names(present, defaults));
        } else {
            present.stream()
                    .filter(TargetModule::isInnerLinear)
                    .forEach(module -> names.add(module.path()));
        }
        if (names.isEmpty()) {
            throw new PeftException(
                    "this base has no modules that target_modules = "
                            + modules.toJson()
                            + " stands for. Name them; there are: "
                            + String.join(", ", linearNames(present))
                            + ".");
        }
        List<String> settled =
                modules instanceof AllLinear ? ShortNames.of(names, present) : List.copyOf(names);
        return new Targets(new Names(settled), exclude, layers, layerLists);
    }

    /**
     * Returns the names of some of a base's modules, without repetition: the last component of each
     * path, and the one before it too where modules that are not meant end in the same.
     *
     * @param present the base's modules
     * @param meant which of them
     */
    public static List<String> names(List<TargetModule> present, Predicate<TargetModule> meant) {
        Set<String> ambiguous = new HashSet<>();
        present.stream().filter(meant.negate()).forEach(module -> ambiguous.add(module.name()));
        Set<String> names = new LinkedHashSet<>();
        for (TargetModule module : present) {
            if (meant.test(module)) {
                String path = module.path();
                String name = module.name();
                int parent = path.lastIndexOf('.', path.length() - name.length() - 2);
                names.add(ambiguous.contains(name) ? path.substring(parent + 1) : name);
            }
        }
        return List.copyOf(names);
    }

    /**
     * Picks the modules.
     *
     * @param present the base's modules, in the order of the result
     * @param supported the kinds that the method can act on
     * @param modulesToSave modules that are trained as a whole; those and what is inside them are
     *     never targets
     * @return what was picked, and what every name or expression matched
     * @throws PeftException if nothing is picked, or something that the method cannot act on
     */
    public TargetReport select(
            List<TargetModule> present,
            Set<TargetModule.Kind> supported,
            List<String> modulesToSave) {
        if (!(modules instanceof ModulePattern pattern)) {
            throw new IllegalStateException("settle the targets before selecting");
        }
        Selection selection = new Selection(this, modulesToSave);
        present.forEach(module -> selection.offer(pattern, module));
        selection.requireSupported(supported);
        selection.requireSome(present);
        return selection.report(present);
    }

    private static Set<String> linearNames(List<TargetModule> present) {
        Set<String> names = new LinkedHashSet<>();
        for (TargetModule module : present) {
            if (module.kind() == TargetModule.Kind.LINEAR) {
                names.add(module.name());
            }
        }
        return names;
    }

    /** Returns whether a path is a module that one of the names means, or lies inside one. */
    public static boolean isInside(String path, List<String> names) {
        String bounded = "." + path + ".";
        return names.stream().anyMatch(name -> bounded.contains("." + name + "."));
    }

    /**
     * Returns whether a module is trained as a whole: its path, or that of a module which holds it,
     * ends in one of the names. As in peft the end need not follow a dot, so that {@code norm}
     * means {@code input_layernorm} too.
     *
     * @param path the module path
     * @param modulesToSave the names
     */
    public static boolean isSaved(String path, List<String> modulesToSave) {
        for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
            if (endsInAny(path.substring(0, dot), modulesToSave)) {
                return true;
            }
        }
        return endsInAny(path, modulesToSave);
    }

    private static boolean endsInAny(String path, List<String> names) {
        return names.stream().anyMatch(path::endsWith);
    }

    /** Returns a sentence with the names nearest to one that matched nothing. */
    static String hint(String wanted, List<TargetModule> present) {
        List<String> known = new ArrayList<>();
        for (TargetModule module : present) {
            if (module.kind() != TargetModule.Kind.CONTAINER) {
                known.add(module.path());
            }
        }
        return NearNames.hint(wanted, known);
    }
}
