package org.peft4j.lora;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.AdapterOrigin;
import org.peft4j.core.TaskType;
import org.peft4j.core.targets.PatternValues;
import org.peft4j.core.targets.TargetSpec;
import org.peft4j.core.targets.Targets;

/** Builds a {@link LoraConfig}; every setting has peft's default. */
public final class LoraConfigBuilder {

    private AdapterOrigin origin = AdapterOrigin.unknown();
    private int rank = 8;
    private double alpha = 8;
    private double dropout;
    private TargetSpec modules = new TargetSpec.Default();
    private TargetSpec.@Nullable ModulePattern exclude;
    private @Nullable List<Integer> layers;
    private List<String> layerLists = List.of();
    private PatternValues<Integer> rankPattern = PatternValues.of(Map.of());
    private PatternValues<Double> alphaPattern = PatternValues.of(Map.of());
    private boolean useRslora;
    private boolean useGating;
    private LoraBias bias = LoraBias.NONE;
    private boolean loraBias;
    private boolean fanInFanOut;
    private LoraInitialization initialization = LoraInitialization.DEFAULT;
    private StartSettings startSettings = StartSettings.none();
    private List<String> modulesToSave = List.of();
    private boolean ensureWeightTying;
    private Map<String, List<Integer>> trainableTokens = Map.of();

    LoraConfigBuilder() {}

    LoraConfigBuilder(LoraConfig config) {
        origin = config.origin();
        rank = config.rank();
        alpha = config.alpha();
        dropout = config.dropout();
        targets(config.targets());
        rankPattern = config.rankPattern();
        alphaPattern = config.alphaPattern();
        useRslora = config.useRslora();
        useGating = config.useGating();
        bias = config.bias();
        loraBias = config.loraBias();
        fanInFanOut = config.fanInFanOut();
        initialization = config.initialization();
        startSettings = config.startSettings();
        modulesToSave = config.modulesToSave();
        ensureWeightTying = config.ensureWeightTying();
        trainableTokens = config.trainableTokens();
    }

    /** The rank r of the change; 8 if not set. */
    public LoraConfigBuilder rank(int r) {
        this.rank = r;
        return this;
    }

    /** α: the change is scaled by α/r; 8 if not set. */
    public LoraConfigBuilder alpha(double lora) {
        this.alpha = lora;
        return this;
    }

    /** The probability with which an input of the adapter is zeroed in training; 0 if not set. */
    public LoraConfigBuilder dropout(double probability) {
        this.dropout = probability;
        return this;
    }

    /**
     * The modules to act on.
     *
     * @param names module paths or their endings, such as {@code "q_proj", "v_proj"}
     */
    public LoraConfigBuilder targetModules(String... names) {
        return targetModules(new TargetSpec.Names(List.of(names)));
    }

    /** The modules to act on. */
    public LoraConfigBuilder targetModules(TargetSpec spec) {
        this.modules = spec;
        return this;
    }

    /** The modules to act on: those whose whole path the expression matches. */
    public LoraConfigBuilder targetRegex(String expression) {
        return targetModules(TargetSpec.Regex.of(expression));
    }

    /** The modules to act on: every linear but the output embedding and task heads. */
    public LoraConfigBuilder targetAllLinear() {
        return targetModules(new TargetSpec.AllLinear());
    }

    /** Modules to leave out, by path or ending. */
    public LoraConfigBuilder excludeModules(String... names) {
        return excludeModules(new TargetSpec.Names(List.of(names)));
    }

    /** Modules to leave out; null for none. */
    public LoraConfigBuilder excludeModules(TargetSpec.@Nullable ModulePattern pattern) {
        this.exclude = pattern;
        return this;
    }

    /** Acts in these layers only, counted from 0; needs a list of target modules. */
    public LoraConfigBuilder layersToTransform(Integer... numbers) {
        this.layers = List.of(numbers);
        return this;
    }

    /**
     * What the list of layers is called in the paths, such as {@code layers}; regular expressions,
     * as in peft.
     */
    public LoraConfigBuilder layersPattern(String... names) {
        this.layerLists = List.of(names);
        return this;
    }

    LoraConfigBuilder targets(Targets targets) {
        this.modules = targets.modules();
        this.exclude = targets.exclude();
        this.layers = targets.layers();
        this.layerLists = targets.layerLists();
        return this;
    }

    /**
     * Other ranks for some modules.
     *
     * @param ranks by regular expressions that match a path or its ending; the first match wins.
     *     Keys are saved sorted, so put overlapping ones in that order
     */
    public LoraConfigBuilder rankPattern(Map<String, Integer> ranks) {
        this.rankPattern = PatternValues.of(ranks);
        return this;
    }

    /**
     * Other alphas for some modules.
     *
     * @param alphas by regular expressions, as for {@link #rankPattern}
     */
    public LoraConfigBuilder alphaPattern(Map<String, ? extends Number> alphas) {
        Map<String, Double> values = new LinkedHashMap<>();
        alphas.forEach((key, value) -> values.put(key, value.doubleValue()));
        this.alphaPattern = PatternValues.of(values);
        return this;
    }

    /** Whether to scale by α/√r, which keeps high ranks learning (Kalajdzievski 2023). */
    public LoraConfigBuilder useRslora(boolean use) {
        this.useRslora = use;
        return this;
    }

    /**
     * Whether gates take the place of the scaling, as in UniPELT (Mao et al. 2022): at each target,
     * the change of a row is multiplied by the mean of σ(w x + b) over its tokens x, so that α has
     * no effect. Python's peft cannot read such an adapter; AdapterHub's library can.
     */
    public LoraConfigBuilder useGating(boolean use) {
        this.useGating = use;
        return this;
    }

    /** Which of the base's own biases are trained too. */
    public LoraConfigBuilder bias(LoraBias which) {
        this.bias = which;
        return this;
    }

    /** Whether B gets a bias. */
    public LoraConfigBuilder loraBias(boolean use) {
        this.loraBias = use;
        return this;
    }

    LoraConfigBuilder fanInFanOut(boolean transposed) {
        this.fanInFanOut = transposed;
        return this;
    }

    /** How the adapter starts. */
    public LoraConfigBuilder initialization(LoraInitialization how) {
        this.initialization = how;
        return this;
    }

    LoraConfigBuilder startSettings(StartSettings settings) {
        this.startSettings = settings;
        return this;
    }

    /** Modules that are trained and saved as a whole, such as a task head. */
    public LoraConfigBuilder modulesToSave(String... names) {
        return modulesToSave(List.of(names));
    }

    LoraConfigBuilder modulesToSave(List<String> names) {
        this.modulesToSave = names;
        return this;
    }

    /** Whether an embedding in {@link #modulesToSave} stays tied to the output embedding. */
    public LoraConfigBuilder ensureWeightTying(boolean ensure) {
        this.ensureWeightTying = ensure;
        return this;
    }

    /** Tokens whose rows of the input embedding are trained too, such as new ones. */
    public LoraConfigBuilder trainableTokens(Integer... ids) {
        return trainableTokens(Map.of(LoraTokens.INPUT, List.of(ids)));
    }

    /** Tokens whose embeddings are trained too, by path or ending of the embedding. */
    public LoraConfigBuilder trainableTokens(Map<String, List<Integer>> ids) {
        this.trainableTokens = ids;
        return this;
    }

    /** The task, which peft notes in the file. */
    public LoraConfigBuilder taskType(@Nullable TaskType task) {
        this.origin = origin.withTask(task);
        return this;
    }

    /** The name of the base; set by itself when the adapter is added to one. */
    public LoraConfigBuilder baseModel(@Nullable String nameOrPath) {
        this.origin = origin.withBase(nameOrPath);
        return this;
    }

    LoraConfigBuilder origin(AdapterOrigin from) {
        this.origin = from;
        return this;
    }

    /**
     * Returns the config.
     *
     * @throws org.peft4j.core.PeftException if a value is out of its range
     */
    public LoraConfig build() {
        return new LoraConfig(
                origin,
                rank,
                alpha,
                dropout,
                new Targets(modules, exclude, layers, layerLists),
                rankPattern,
                alphaPattern,
                useRslora,
                useGating,
                bias,
                loraBias,
                fanInFanOut,
                initialization,
                startSettings,
                modulesToSave,
                ensureWeightTying,
                trainableTokens);
    }
}
