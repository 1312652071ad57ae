package org.peft4j.adapter.lntuning;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.peft4j.core.AdapterBuilder;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftMethod;
import org.peft4j.core.TrainedParts;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.points.InjectionPoint;
import org.peft4j.core.targets.TargetModule;
import org.peft4j.core.targets.TargetModule.Kind;

/** LN tuning (Zhao et al. 2023): trained copies of norms, or of whatever the config names. */
public final class LnTuningMethod implements PeftMethod {

    private static final Set<Kind> KINDS = EnumSet.of(Kind.NORM, Kind.LINEAR, Kind.EMBEDDING);
    private static final TrainedParts COPIES = TrainedParts.MODULE.heldBy("ln_tuning_layers");

    @Override
    public String peftType() {
        return LnTuningConfig.PEFT_TYPE;
    }

    @Override
    public LnTuningConfig readConfig(JsonFields json) {
        return LnTuningConfig.read(json);
    }

    @Override
    public LnTuningConfig resolve(PeftConfig config, BaseModel base) {
        LnTuningConfig tuning = require(config);
        List<TargetModule> modules = TargetModule.of(base.points());
        return tuning.withTargets(
                tuning.targets().settle(modules, module -> module.kind() == Kind.NORM));
    }

    @Override
    public void build(PeftConfig config, AdapterBuilder builder) {
        LnTuningConfig tuning = require(config);
        Set<String> selected =
                Set.copyOf(
                        builder.select(tuning.targets(), KINDS, tuning.modulesToSave()).selected());
        for (InjectionPoint point : builder.points().all()) {
            if (selected.contains(point.path())) {
                builder.train(point, COPIES);
            }
        }
    }

    private static LnTuningConfig require(PeftConfig config) {
        if (config instanceof LnTuningConfig tuning) {
            return tuning;
        }
        throw new PeftException(
                "an LN_TUNING adapter needs an LnTuningConfig, not a "
                        + config.getClass().getName()
                        + ".");
    }
}
