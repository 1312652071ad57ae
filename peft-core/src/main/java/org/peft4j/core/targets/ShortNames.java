package org.peft4j.core.targets;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Writes a long list of module paths with fewer, shorter names that mean the same modules, as peft
 * does from twenty names up, so that a config stays readable and matching stays quick.
 */
final class ShortNames {

    private static final int WORTH_IT = 20;

    private ShortNames() {}

    static List<String> of(Set<String> paths, List<TargetModule> present) {
        if (paths.size() < WORTH_IT) {
            return List.copyOf(paths);
        }
        Set<String> foreign = new HashSet<>();
        for (TargetModule module : present) {
            if (!paths.contains(module.path())) {
                foreign.addAll(endings(module.path()));
            }
        }
        Set<String> names = new LinkedHashSet<>();
        for (String path : paths) {
            List<String> endings = endings(path);
            if (endings.stream().noneMatch(names::contains)) {
                endings.stream()
                        .filter(ending -> !foreign.contains(ending))
                        .findFirst()
                        .ifPresentOrElse(names::add, () -> names.add(path));
            }
        }
        return List.copyOf(names);
    }

    /** The endings after a dot, the shortest first and the path itself last. */
    private static List<String> endings(String path) {
        Set<String> endings = new LinkedHashSet<>();
        for (int dot = path.lastIndexOf('.'); dot >= 0; dot = path.lastIndexOf('.', dot - 1)) {
            endings.add(path.substring(dot + 1));
        }
        endings.add(path);
        return List.copyOf(endings);
    }
}
