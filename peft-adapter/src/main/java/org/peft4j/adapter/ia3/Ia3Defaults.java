package org.peft4j.adapter.ia3;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.peft4j.core.points.LinearRole;
import org.peft4j.core.targets.TargetModule;
import org.peft4j.core.targets.TargetSpec.Names;
import org.peft4j.core.targets.Targets;

/**
 * What an IA3 config leaves open, settled for a base. By default IA3 acts as in its paper: on keys
 * and values, and on the input of the feed-forward's way down. peft's table says the same for most
 * families (and queries in place of keys for some: name the targets to get those).
 */
final class Ia3Defaults {

    private static final Set<LinearRole> DOWN = Set.of(LinearRole.FEED_FORWARD_DOWN);
    private static final Set<LinearRole> TARGETS =
            Set.of(
                    LinearRole.KEY,
                    LinearRole.VALUE,
                    LinearRole.QUERY_KEY_VALUE,
                    LinearRole.FEED_FORWARD_DOWN);

    private Ia3Defaults() {}

    /** Returns the same settings with names in place of defaults. */
    static Ia3Config settle(Ia3Config config, List<TargetModule> present) {
        Targets targets = config.targets().settle(present, m -> m.hasRoleIn(TARGETS));
        Ia3ConfigBuilder builder = config.toBuilder().targetModules(targets.modules());
        if (config.feedForward() != null) {
            return builder.build();
        }
        List<String> down = Targets.names(present, m -> m.hasRoleIn(DOWN));
        if (!(targets.modules() instanceof Names named)) {
            return builder.feedForwardModules(new Names(down)).build();
        }
        Set<String> selected =
                Set.copyOf(
                        targets.select(present, Ia3Method.KINDS, config.modulesToSave())
                                .selected());
        List<String> all = new ArrayList<>(named.names());
        Set<String> inner = new LinkedHashSet<>();
        for (String name : down) {
            Names one = new Names(List.of(name));
            named.names().stream().filter(one::matches).forEach(inner::add);
            // peft reads a file only if the one list is part of the other
            boolean meantAlready =
                    present.stream()
                            .filter(module -> one.matches(module.path()))
                            .allMatch(module -> selected.contains(module.path()));
            if (meantAlready) {
                all.add(name);
                inner.add(name);
            }
        }
        return builder.targetModules(new Names(all))
                .feedForwardModules(new Names(List.copyOf(inner)))
                .build();
    }
}
