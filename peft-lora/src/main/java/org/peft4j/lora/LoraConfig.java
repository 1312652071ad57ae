package org.peft4j.lora;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.Map;
import org.peft4j.core.AdapterOrigin;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftException;
import org.peft4j.core.targets.PatternValues;
import org.peft4j.core.targets.Targets;

/**
 * The settings of a LoRA adapter (Hu et al. 2021), one for one those of peft's {@code LoraConfig}.
 * Make one with {@link #builder()}.
 *
 * @param origin the base and the task
 * @param rank r, the rank of the change; from 1 up
 * @param alpha α, any number that float32 has; the change is scaled by α/r
 * @param dropout the probability with which an input of the adapter is zeroed in training, from 0
 *     to below 1
 * @param targets the modules it acts on
 * @param rankPattern ranks of modules that have another
 * @param alphaPattern alphas of modules that have another
 * @param useRslora whether to scale by α/√r instead (Kalajdzievski 2023)
 * @param useGating whether a trained gate at each linear, one number a row, takes the place of the
 *     scaling (Mao et al. 2022); such an adapter is of the type {@link #GATED_PEFT_TYPE}
 * @param bias which of the base's own biases are trained too
 * @param loraBias whether B gets a bias
 * @param fanInFanOut whether the targets store their weight as [in, out]; settled for the base
 * @param initialization how a fresh adapter starts
 * @param startSettings what Python noted of that
 * @param modulesToSave modules that are trained as a whole
 * @param ensureWeightTying whether an embedding in modulesToSave stays tied to the output embedding
 * @param trainableTokens ids of tokens whose embeddings are trained too, each once, by the
 *     embedding or the output embedding that holds them (its path or an ending of it); under the
 *     empty name those of the input embedding
 */
public record LoraConfig(
        AdapterOrigin origin,
        int rank,
        double alpha,
        double dropout,
        Targets targets,
        PatternValues<Integer> rankPattern,
        PatternValues<Double> alphaPattern,
        boolean useRslora,
        boolean useGating,
        LoraBias bias,
        boolean loraBias,
        boolean fanInFanOut,
        LoraInitialization initialization,
        StartSettings startSettings,
        List<String> modulesToSave,
        boolean ensureWeightTying,
        Map<String, List<Integer>> trainableTokens)
        implements PeftConfig {

    /** The {@code peft_type} of LoRA. */
    public static final String PEFT_TYPE = "LORA";

    /**
     * The {@code peft_type} of LoRA with gates. Python's peft has none, and refuses the type
     * instead of computing without them.
     */
    public static final String GATED_PEFT_TYPE = "GATED_LORA";

    /** Checks every value. */
    public LoraConfig {
        modulesToSave = List.copyOf(modulesToSave);
        requireRank("rank (r)", rank);
        rankPattern.asMap().forEach((key, r) -> requireRank("rank_pattern of " + key, r));
        requireAlpha("alpha (lora_alpha)", alpha);
        alphaPattern.asMap().forEach((key, a) -> requireAlpha("alpha_pattern of " + key, a));
        if (!(dropout >= 0 && dropout < 1)) {
            throw new PeftException(
                    "dropout (lora_dropout) must be from 0 to below 1 but is " + dropout + ".");
        }
        if (modulesToSave.contains("")) {
            throw new PeftException("modules_to_save must not hold an empty name.");
        }
        trainableTokens = LoraTokens.checked(trainableTokens);
        if (loraBias && useGating) {
            throw new PeftException(
                    "lora_bias does not go with gates (useGating). Leave one of them out.");
        }
        if (loraBias
                && initialization != LoraInitialization.DEFAULT
                && initialization != LoraInitialization.RANDOM) {
            throw new PeftException(
                    "lora_bias does not go with the initialization (init_lora_weights) "
                            + initialization.toJson().getAsString()
                            + ". Use the default.");
        }
    }

    private static void requireRank(String what, int rank) {
        if (rank < 1) {
            throw new PeftException(what + " must be 1 or more but is " + rank + ".");
        }
    }

    private static void requireAlpha(String what, double alpha) {
        if (!(Math.abs(alpha) <= Float.MAX_VALUE)) {
            throw new PeftException(
                    what + " must be a number that float32 has but is " + alpha + ".");
        }
    }

    /** Starts from peft's defaults: rank 8, alpha 8, no dropout, the base's default targets. */
    public static LoraConfigBuilder builder() {
        return new LoraConfigBuilder();
    }

    /** Starts from these settings. */
    public LoraConfigBuilder toBuilder() {
        return new LoraConfigBuilder(this);
    }

    /** Returns the rank at a module. */
    public int rankAt(String path) {
        return rankPattern.get(path, rank);
    }

    /** Returns α at a module. */
    public double alphaAt(String path) {
        return alphaPattern.get(path, alpha);
    }

    /** Returns the factor s of the change at a module: α/r, or α/√r with rsLoRA. */
    public double scalingAt(String path) {
        int r = rankAt(path);
        return alphaAt(path) / (useRslora ? Math.sqrt(r) : r);
    }

    @Override
    public String peftType() {
        return useGating ? GATED_PEFT_TYPE : PEFT_TYPE;
    }

    @Override
    public LoraConfig withModulesToSave(List<String> names) {
        return toBuilder().modulesToSave(names).build();
    }

    @Override
    public LoraConfig withBaseModel(String nameOrPath) {
        return toBuilder().origin(origin.withBase(nameOrPath)).build();
    }

    @Override
    public JsonObject toJson() {
        return LoraConfigJson.write(this);
    }
}
