package org.peft4j.core.targets;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.InjectionPoints;
import org.peft4j.core.points.EmbeddingPoint;
import org.peft4j.core.points.InjectionPoint;
import org.peft4j.core.points.LinearPoint;
import org.peft4j.core.points.LinearRole;
import org.peft4j.core.points.NormPoint;

/**
 * A module of a base as target matching sees it.
 *
 * @param path the module path
 * @param kind what it is
 * @param role what a linear does; null for other kinds
 */
public record TargetModule(String path, Kind kind, @Nullable LinearRole role) {

    /** What a module is. */
    public enum Kind {
        LINEAR("linear"),
        EMBEDDING("embedding"),
        NORM("norm"),
        /** Holds other modules. */
        CONTAINER("container");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        @Override
        public String toString() {
            return word;
        }
    }

    /** Returns the modules of a base: those with weights and those that hold them. */
    public static List<TargetModule> of(InjectionPoints points) {
        Map<String, TargetModule> modules = new LinkedHashMap<>();
        for (InjectionPoint point : points.all()) {
            if (point instanceof LinearPoint linear) {
                add(modules, new TargetModule(linear.path(), Kind.LINEAR, linear.role()));
            } else if (point instanceof EmbeddingPoint) {
                add(modules, new TargetModule(point.path(), Kind.EMBEDDING, null));
            } else if (point instanceof NormPoint) {
                add(modules, new TargetModule(point.path(), Kind.NORM, null));
            } else {
                add(modules, new TargetModule(point.path(), Kind.CONTAINER, null));
            }
        }
        return new ArrayList<>(modules.values());
    }

    private static void add(Map<String, TargetModule> modules, TargetModule module) {
        String path = module.path();
        for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
            String holder = path.substring(0, dot);
            modules.putIfAbsent(holder, new TargetModule(holder, Kind.CONTAINER, null));
        }
        if (!path.isEmpty()) {
            modules.merge(path, module, (old, next) -> next.kind() == Kind.CONTAINER ? old : next);
        }
    }

    /** Returns the last component of the path. */
    public String name() {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    /** Returns whether this is a linear with one of some roles. */
    public boolean hasRoleIn(Set<LinearRole> roles) {
        return role != null && roles.contains(role);
    }

    /** Returns whether this is a linear of the transformer's layers, not one of its heads. */
    boolean isInnerLinear() {
        return kind == Kind.LINEAR
                && role != LinearRole.OUTPUT_EMBEDDING
                && role != LinearRole.TASK_HEAD;
    }
}
