package org.peft4j.adapter.hub;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.peft4j.core.BaseModel;
import org.peft4j.core.points.LinearPoint;
import org.peft4j.core.points.LinearRole;

/**
 * Which matrices have LoRA, as AdapterHub says it.
 *
 * @param matrices of the attentions: q, k, v
 * @param feedForward whether the maps up and down have it
 * @param leaveOut the layers that have none
 */
record HubLoraPlaces(List<String> matrices, boolean feedForward, List<Integer> leaveOut) {

    private static final Map<LinearRole, String> MATRICES =
            Map.of(LinearRole.QUERY, "q", LinearRole.KEY, "k", LinearRole.VALUE, "v");

    /**
     * Finds the places of LoRA at some modules.
     *
     * @throws org.peft4j.core.PeftException if AdapterHub would choose others
     */
    static HubLoraPlaces of(Set<String> targets, BaseModel base) {
        Set<LinearRole> roles = new TreeSet<>();
        Set<Integer> layers = new TreeSet<>();
        for (String target : targets) {
            roles.add(roleOf(base, target));
            base.points().layer(target).ifPresent(layers::add);
        }
        Set<String> expected = new TreeSet<>();
        Set<Integer> leaveOut = new TreeSet<>();
        for (LinearPoint point : base.points().of(LinearPoint.class)) {
            OptionalInt layer = base.points().layer(point.path());
            if (layer.isEmpty()) {
                continue;
            }
            if (!layers.contains(layer.getAsInt())) {
                leaveOut.add(layer.getAsInt());
            } else if (roles.contains(point.role())) {
                expected.add(point.path());
            }
        }
        List<String> matrices =
                new TreeMap<>(MATRICES)
                        .entrySet().stream()
                                .filter(entry -> roles.remove(entry.getKey()))
                                .map(Map.Entry::getValue)
                                .toList();
        boolean up = roles.remove(LinearRole.FEED_FORWARD_UP);
        boolean down = roles.remove(LinearRole.FEED_FORWARD_DOWN);
        // its names of the two are not the same in all families
        if (up != down || !roles.isEmpty() || !expected.equals(targets)) {
            throw HubWriter.noWords(
                    "LoRA at "
                            + targets
                            + ", but only at any of queries, keys and values, and at both maps of the"
                            + " feed-forward, the same in every attention of the layers that have"
                            + " it");
        }
        return new HubLoraPlaces(matrices, up, List.copyOf(leaveOut));
    }

    /** Returns what a linear does in its transformer. */
    static LinearRole roleOf(BaseModel base, String path) {
        return base.points()
                .find(LinearPoint.class, path)
                .map(LinearPoint::role)
                .orElse(LinearRole.OTHER);
    }
}
