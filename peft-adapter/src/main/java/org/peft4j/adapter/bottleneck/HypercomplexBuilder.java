package org.peft4j.adapter.bottleneck;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.AdapterBuilder;
import org.peft4j.core.Initializer;
import org.peft4j.core.PeftException;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.SublayerPoint;

/** Makes Compacter's maps; what layers share is made once. */
final class HypercomplexBuilder {

    private final Hypercomplex settings;
    private final AdapterBuilder builder;
    private final Map<String, Projection.Factors> shared = new HashMap<>();

    HypercomplexBuilder(Hypercomplex settings, AdapterBuilder builder) {
        this.settings = settings;
        this.builder = builder;
    }

    Projection down(SublayerPoint point, String key, long inner) {
        return projection(point, key, "W_down", point.width(), inner);
    }

    Projection up(SublayerPoint point, String key, long inner) {
        return projection(point, key, "W_up", inner, point.width());
    }

    private Projection projection(
            SublayerPoint point, String key, String sharedName, long in, long out) {
        long n = settings.dimension();
        if (in % n != 0 || out % n != 0) {
            throw new PeftException(
                    "phm_dim must divide the width "
                            + Math.max(in, out)
                            + " and the bottleneck "
                            + Math.min(in, out)
                            + " at "
                            + point.path()
                            + " but is "
                            + n
                            + ". Choose it or reduction_factor so that it does.");
        }
        Projection.Factors rule =
                settings.sharedRule()
                        ? shared(point, "phm_rule", this::rule)
                        : rule(key + ".phm_rule");
        Projection.Factors weight =
                settings.sharedWeight()
                        ? shared(point, sharedName, name -> weight(name, in / n, out / n))
                        : weight(key + ".W", in / n, out / n);
        @Nullable Tensor bias =
                settings.bias()
                        ? builder.parameter(key + ".b", Initializer.constant(0), out)
                        : null;
        return new Projection.Phm(rule, weight, bias);
    }

    private interface Making {
        Projection.Factors make(String name);
    }

    private Projection.Factors shared(SublayerPoint point, String name, Making making) {
        Projection.Factors made = shared.get(name);
        if (made == null) {
            String root = point.place().root();
            String prefix = root.isEmpty() ? "" : root + ".";
            made = making.make(AdapterBuilder.KEY_PREFIX + prefix + "shared_parameters." + name);
            shared.put(name, made);
        }
        return made;
    }

    private Projection.Factors rule(String name) {
        long n = settings.dimension();
        return factors(name, settings.rule(), settings.factorizedRule() ? 1 : 0, n, n);
    }

    private Projection.Factors weight(String name, long in, long out) {
        int rank = settings.factorizedWeight() ? settings.rank() : 0;
        return factors(name, settings.weight(), rank, in, out);
    }

    /** n matrices, as two factors of a rank, or whole where the rank is 0. */
    private Projection.Factors factors(
            String name, Initializer start, int rank, long rows, long columns) {
        long n = settings.dimension();
        if (rank == 0) {
            return new Projection.Factors(builder.parameter(name, start, n, rows, columns), null);
        }
        return new Projection.Factors(
                builder.parameter(name + "_left", start, n, rows, rank),
                builder.parameter(name + "_right", start, n, rank, columns));
    }
}
