package org.peft4j.core;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.peft4j.core.points.InjectionPoint;
import org.peft4j.core.points.SublayerPoint;

/**
 * The injection points of a base, in the order in which a batch passes them. A path can hold points
 * of several kinds: {@code model.layers.0.self_attn} is an attention and a sublayer.
 */
public final class InjectionPoints {

    private final List<InjectionPoint> all;

    /**
     * Publishes points.
     *
     * @param points in the order of the forward pass; no two of one kind share a path
     */
    public InjectionPoints(Collection<? extends InjectionPoint> points) {
        Map<String, InjectionPoint> seen = new LinkedHashMap<>();
        for (InjectionPoint point : points) {
            String key = point.getClass().getSimpleName() + " " + point.path();
            if (seen.put(key, point) != null) {
                throw new IllegalArgumentException("two points are named " + key);
            }
        }
        this.all = List.copyOf(points);
    }

    /** Returns all points. */
    public List<InjectionPoint> all() {
        return all;
    }

    /** Returns the points of one kind. */
    public <P extends InjectionPoint> List<P> of(Class<P> kind) {
        return all.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /** Returns the point of one kind at a path. */
    public <P extends InjectionPoint> Optional<P> find(Class<P> kind, String path) {
        return of(kind).stream().filter(point -> point.path().equals(path)).findFirst();
    }

    /** Returns the paths of the points of one kind. */
    public List<String> paths(Class<? extends InjectionPoint> kind) {
        return all.stream().filter(kind::isInstance).map(InjectionPoint::path).toList();
    }

    /** Returns every path once. */
    public List<String> paths() {
        return Collections.unmodifiableList(
                all.stream().map(InjectionPoint::path).distinct().toList());
    }

    /**
     * Returns the number of the layer that a module belongs to, from 0. A decoder's layers count on
     * from its encoder's.
     *
     * @param path of the module
     * @return nothing where it is in no layer, as an embedding
     */
    public OptionalInt layer(String path) {
        List<String> module = List.of(path.split("\\."));
        OptionalInt layer = OptionalInt.empty();
        int most = 0;
        for (SublayerPoint sublayer : of(SublayerPoint.class)) {
            int shared = sharedToNumber(module, List.of(sublayer.path().split("\\.")));
            if (shared > most) {
                most = shared;
                layer = OptionalInt.of(sublayer.place().layer());
            }
        }
        return layer;
    }

    /** How many components two paths share up to a number, which a list of layers has. */
    private static int sharedToNumber(List<String> one, List<String> other) {
        int numbered = 0;
        for (int i = 0; i < Math.min(one.size(), other.size()); i++) {
            if (!one.get(i).equals(other.get(i))) {
                break;
            }
            numbered = one.get(i).matches("\\d+") ? i + 1 : numbered;
        }
        return numbered;
    }
}
