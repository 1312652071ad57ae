package org.peft4j.adapter.ia3;

import java.util.List;
import java.util.Set;
import org.peft4j.core.AdapterBuilder;
import org.peft4j.core.BaseModel;
import org.peft4j.core.Initializer;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftMethod;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.points.LinearPoint;
import org.peft4j.core.points.ScalingLinearPlacement.Side;
import org.peft4j.core.targets.TargetModule;
import org.peft4j.core.targets.TargetModule.Kind;
import org.peft4j.core.targets.TargetReport;

/** IA3 (Liu et al. 2022) at linears. */
public final class Ia3Method implements PeftMethod {

    static final Set<Kind> KINDS = Set.of(Kind.LINEAR);

    @Override
    public String peftType() {
        return Ia3Config.PEFT_TYPE;
    }

    @Override
    public Ia3Config readConfig(JsonFields json) {
        return Ia3ConfigJson.read(json);
    }

    @Override
    public Ia3Config resolve(PeftConfig config, BaseModel base) {
        List<TargetModule> modules = TargetModule.of(base.points());
        Ia3Config settled = Ia3Defaults.settle(require(config), modules);
        TargetReport report = settled.targets().select(modules, KINDS, settled.modulesToSave());
        Set<String> selected = Set.copyOf(report.selected());
        boolean transposed =
                base.points().of(LinearPoint.class).stream()
                        .filter(point -> selected.contains(point.path()))
                        .anyMatch(point -> point.layout() == LinearPoint.Layout.IN_OUT);
        return settled.toBuilder().fanInFanOut(transposed).build();
    }

    @Override
    public void build(PeftConfig config, AdapterBuilder builder) {
        Ia3Config ia3 = require(config);
        TargetReport report = builder.select(ia3.targets(), KINDS, ia3.modulesToSave());
        Set<String> selected = Set.copyOf(report.selected());
        for (LinearPoint point : builder.points().of(LinearPoint.class)) {
            if (selected.contains(point.path())) {
                builder.place(point, scaling(ia3, builder, point));
            }
        }
    }

    private static Ia3Scaling scaling(Ia3Config ia3, AdapterBuilder builder, LinearPoint point) {
        String key = AdapterBuilder.KEY_PREFIX + point.path() + ".ia3_l";
        Initializer start = ia3.initWeights() ? Initializer.constant(1) : Initializer.normal(1);
        return ia3.scalesInput(point.path())
                ? new Ia3Scaling(builder.parameter(key, start, 1, point.in()), Side.INPUT)
                : new Ia3Scaling(builder.parameter(key, start, point.out(), 1), Side.OUTPUT);
    }

    private static Ia3Config require(PeftConfig config) {
        if (config instanceof Ia3Config ia3) {
            return ia3;
        }
        throw new PeftException(
                "an IA3 adapter needs an Ia3Config, not a " + config.getClass().getName() + ".");
    }
}
