package org.peft4j.examples.sst2;

import java.util.List;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftModel;

/**
 * How a method is trained.
 *
 * @param learningRate the peak learning rate that suits it
 * @param configs its adapters; several are stacked and trained together
 */
record Recipe(double learningRate, List<PeftConfig> configs) {

    Recipe(double learningRate, PeftConfig... configs) {
        this(learningRate, List.of(configs));
    }

    /** Adds fresh adapters and returns the selection of all of them. */
    AdapterSelection addTo(PeftModel model, long seed) {
        String[] names = new String[configs.size()];
        for (int i = 0; i < names.length; i++) {
            names[i] = names.length == 1 ? "default" : "part" + (i + 1);
            model.add(names[i], configs.get(i), seed + i);
        }
        return AdapterSelection.of(names);
    }
}
