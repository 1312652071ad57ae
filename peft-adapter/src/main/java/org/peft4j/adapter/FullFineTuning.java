package org.peft4j.adapter;

import org.peft4j.core.AdapterBuilder;
import org.peft4j.core.AdapterOrigin;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftMethod;
import org.peft4j.core.TrainedParts;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.points.InjectionPoint;

/**
 * Full fine-tuning through the same interface as every method: a float32 copy of each module is
 * trained and the base stays as it is. The baseline of every paper, and the way to pretrain a small
 * base. The file format is this library's own; the Python {@code peft} has no such type.
 *
 * <p>Weights that the base ties are trained as two: merge the result to get an untied checkpoint.
 */
public final class FullFineTuning implements PeftMethod {

    @Override
    public String peftType() {
        return FullFineTuningConfig.PEFT_TYPE;
    }

    @Override
    public PeftConfig readConfig(JsonFields json) {
        AdapterOrigin origin = AdapterOrigin.read(json);
        return new FullFineTuningConfig(origin.taskType(), origin.baseModelNameOrPath());
    }

    @Override
    public void build(PeftConfig config, AdapterBuilder builder) {
        for (InjectionPoint point : builder.points().all()) {
            builder.train(point, TrainedParts.MODULE);
        }
    }
}
