package org.peft4j.train;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.peft4j.core.Adapter;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.Parameter;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftModel;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.ops.UpdateOps;
import org.peft4j.train.optim.GradientClipping;

/**
 * The adapters that a training changes.
 *
 * <p>Where all rows have the same adapters, these are trained as one: one norm, one mean over all
 * labels. In a mixture each adapter is trained as if it were alone: by the mean over the labels of
 * its own rows, clipped by its own norm.
 */
final class TrainedAdapters {

    private final PeftModel model;
    private final List<Adapter> adapters;
    private final boolean mixture;

    private TrainedAdapters(PeftModel model, List<Adapter> adapters, boolean mixture) {
        this.model = model;
        this.adapters = adapters;
        this.mixture = mixture;
    }

    /** Finds the trainable ones among those that some row selects. */
    static TrainedAdapters of(PeftModel model, Collection<AdapterSelection> selections) {
        Set<AdapterSelection> different = new LinkedHashSet<>(selections);
        Map<String, Adapter> trainable = new LinkedHashMap<>();
        for (AdapterSelection selection : different) {
            List<Adapter> here =
                    selection.names().stream()
                            .map(model::adapter)
                            .filter(Adapter::isTrainable)
                            .toList();
            if (here.isEmpty()) {
                throw new PeftException(
                        "nothing to train: some rows select "
                                + selection
                                + ", and there nothing is trainable. Select an adapter, and call"
                                + " setTrainable(true) on one that was loaded.");
            }
            here.forEach(adapter -> trainable.put(adapter.name(), adapter));
        }
        return new TrainedAdapters(model, List.copyOf(trainable.values()), different.size() > 1);
    }

    boolean isMixture() {
        return mixture;
    }

    List<String> names() {
        return adapters.stream().map(Adapter::name).toList();
    }

    /** Keeps the adapters alive while they are trained, even if they are deleted meanwhile. */
    PeftModel.Held hold() {
        PeftModel.Held held = model.hold(names());
        if (!held.adapters().equals(adapters)) {
            held.close();
            throw new PeftException(
                    "an adapter of "
                            + names()
                            + " is another one than when this trainer was built. Build a new"
                            + " trainer.");
        }
        return held;
    }

    /** Returns all parameters, under names that stay the same from run to run. */
    Map<String, Parameter> parameters() {
        Map<String, Parameter> parameters = new LinkedHashMap<>();
        for (Adapter adapter : adapters) {
            for (Parameter parameter : adapter.parameters()) {
                parameters.put(adapter.name() + "." + parameter.key(), parameter);
            }
        }
        return parameters;
    }

    /** Turns means over all labels of a step into means over the labels of each adapter. */
    void separate(Map<String, Long> labelsOf, long labels) {
        if (!mixture) {
            return;
        }
        for (Adapter adapter : adapters) {
            long own = labelsOf.getOrDefault(adapter.name(), 0L);
            if (own > 0 && own < labels) {
                ops().scaleEach(gradients(List.of(adapter)), (double) labels / own);
            }
        }
    }

    /** Adds the gradients of the adapters' own loss terms, for those that acted in a step. */
    void accumulatePenalties(Set<String> acted) {
        for (Adapter adapter : acting(acted)) {
            model.accumulatePenalties(AdapterSelection.of(adapter.name()), 1);
        }
    }

    /** Clips, and returns the norm before, or the largest of several. */
    double clip(double maxNorm) {
        List<List<Adapter>> groups =
                mixture ? adapters.stream().map(List::of).toList() : List.of(adapters);
        double largest = 0;
        for (List<Adapter> group : groups) {
            largest = Math.max(largest, GradientClipping.clip(ops(), gradients(group), maxNorm));
        }
        return largest;
    }

    void afterStep(Set<String> acted, long step, long totalSteps) {
        acting(acted).forEach(adapter -> adapter.hook().afterStep(step, totalSteps));
    }

    void clearGradients() {
        adapters.forEach(
                adapter -> adapter.parameters().forEach(parameter -> parameter.setGradient(null)));
    }

    private List<Adapter> acting(Set<String> acted) {
        return adapters.stream().filter(adapter -> acted.contains(adapter.name())).toList();
    }

    private static List<Tensor> gradients(List<Adapter> of) {
        List<Tensor> gradients = new ArrayList<>();
        for (Adapter adapter : of) {
            for (Parameter parameter : adapter.parameters()) {
                Tensor gradient = parameter.gradient();
                if (gradient != null) {
                    gradients.add(gradient);
                }
            }
        }
        return gradients;
    }

    private UpdateOps ops() {
        return model.base().door().updates();
    }
}
