package org.peft4j.adapter.bottleneck;

import java.util.List;
import org.peft4j.core.AdapterOrigin;
import org.peft4j.core.TaskType;
import org.peft4j.core.ops.NonLinearity;

/** Builds a {@link BottleneckConfig}; what is not set is as in Pfeiffer et al. 2020. */
public final class BottleneckConfigBuilder {

    private AdapterOrigin origin = AdapterOrigin.unknown();
    private Places places = Places.FEED_FORWARD;
    private ReductionFactor reductionFactor = ReductionFactor.of(16);
    private NonLinearity nonLinearity = new NonLinearity("relu");
    private Norms norms = Norms.AROUND;
    private boolean isParallel;
    private Scaling scaling = Scaling.NONE;
    private boolean useGating;
    private double dropout;
    private BottleneckInitialization initialization = BottleneckInitialization.BERT;
    private Hypercomplex hypercomplex = Hypercomplex.DEFAULT;
    private boolean usesHypercomplex;
    private List<String> modulesToSave = List.of();

    BottleneckConfigBuilder() {}

    BottleneckConfigBuilder(BottleneckConfig config) {
        origin = config.origin();
        places = config.places();
        reductionFactor = config.reductionFactor();
        nonLinearity = config.nonLinearity();
        norms = config.norms();
        isParallel = config.isParallel();
        scaling = config.scaling();
        useGating = config.useGating();
        dropout = config.dropout();
        initialization = config.initialization();
        hypercomplex = config.hypercomplex();
        usesHypercomplex = config.usesHypercomplex();
        modulesToSave = config.modulesToSave();
    }

    /** The base and the task. */
    public BottleneckConfigBuilder origin(AdapterOrigin from) {
        this.origin = from;
        return this;
    }

    /** The task, which the file names. */
    public BottleneckConfigBuilder taskType(TaskType task) {
        return origin(origin.withTask(task));
    }

    /** Where bottlenecks are put. */
    public BottleneckConfigBuilder places(Places where) {
        this.places = where;
        return this;
    }

    /** By how much they are narrower than the residual stream, in every layer. */
    public BottleneckConfigBuilder reductionFactor(double factor) {
        return reductionFactor(ReductionFactor.of(factor));
    }

    /** By how much they are narrower than the residual stream. */
    public BottleneckConfigBuilder reductionFactor(ReductionFactor factor) {
        this.reductionFactor = factor;
        return this;
    }

    /** The activation between down and up, by its name in Python, as {@code relu}. */
    public BottleneckConfigBuilder nonLinearity(String name) {
        this.nonLinearity = new NonLinearity(name);
        return this;
    }

    /** Which norms and sums they work with. */
    public BottleneckConfigBuilder norms(Norms which) {
        this.norms = which;
        return this;
    }

    /** Whether they read the residual stream before the sublayer rather than its output. */
    public BottleneckConfigBuilder isParallel(boolean parallel) {
        this.isParallel = parallel;
        return this;
    }

    /** The factor of what they add. */
    public BottleneckConfigBuilder scaling(double factor) {
        return scaling(Scaling.fixed(factor));
    }

    /** The factor of what they add, given or learned. */
    public BottleneckConfigBuilder scaling(Scaling factor) {
        this.scaling = factor;
        return this;
    }

    /** Whether a trained gate decides how much is added (UniPELT, Mao et al. 2022). */
    public BottleneckConfigBuilder useGating(boolean gating) {
        this.useGating = gating;
        return this;
    }

    /** The probability with which an element of their output is zeroed in training. */
    public BottleneckConfigBuilder dropout(double probability) {
        this.dropout = probability;
        return this;
    }

    /** How a fresh one starts. */
    public BottleneckConfigBuilder initialization(BottleneckInitialization start) {
        this.initialization = start;
        return this;
    }

    /** Compacter's settings. */
    public BottleneckConfigBuilder hypercomplex(Hypercomplex settings) {
        this.hypercomplex = settings;
        return this;
    }

    /** Whether down and up are Compacter's. */
    public BottleneckConfigBuilder usesHypercomplex(boolean uses) {
        this.usesHypercomplex = uses;
        return this;
    }

    /** Modules that are trained and saved as a whole, by path or ending. */
    public BottleneckConfigBuilder modulesToSave(String... names) {
        return modulesToSave(List.of(names));
    }

    /** Modules that are trained and saved as a whole, by path or ending. */
    public BottleneckConfigBuilder modulesToSave(List<String> names) {
        this.modulesToSave = names;
        return this;
    }

    /** Returns the checked settings. */
    public BottleneckConfig build() {
        return new BottleneckConfig(
                origin,
                places,
                reductionFactor,
                nonLinearity,
                norms,
                isParallel,
                scaling,
                useGating,
                dropout,
                initialization,
                hypercomplex,
                usesHypercomplex,
                modulesToSave);
    }
}
