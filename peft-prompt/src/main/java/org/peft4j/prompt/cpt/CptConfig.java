package org.peft4j.prompt.cpt;

import com.google.gson.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.AdapterOrigin;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftException;
import org.peft4j.core.TaskType;
import org.peft4j.prompt.VirtualTokens;

/**
 * The settings of CPT (Blau et al. 2024), one for one those of peft's {@code CPTConfig}. Make one
 * with {@link #builder()}.
 *
 * @param origin the base and the task, which is CAUSAL_LM where it is named
 * @param virtualTokens as many as the context has tokens
 * @param context what the virtual tokens begin as
 * @param weighting what the context's labels weigh in the loss
 * @param epsilon ε of inputs, from 0 up: the change of such a token is at most ε · √(width / 2048)
 *     long, peft's {@code opt_projection_epsilon}
 * @param formatEpsilon the same of templates, peft's {@code opt_projection_format_epsilon}
 * @param tokenizer a name or path of the tokenizer that made the ids, for peft's file; or null
 * @param modulesToSave modules that are trained as a whole
 */
public record CptConfig(
        AdapterOrigin origin,
        VirtualTokens virtualTokens,
        CptContext context,
        LossWeighting weighting,
        double epsilon,
        double formatEpsilon,
        @Nullable String tokenizer,
        List<String> modulesToSave)
        implements PeftConfig {

    /** The {@code peft_type} of CPT. */
    public static final String PEFT_TYPE = "CPT";

    /** Checks every value. */
    public CptConfig {
        modulesToSave = List.copyOf(modulesToSave);
        TaskType task = origin.taskType();
        if (task != null && task != TaskType.CAUSAL_LM) {
            throw new PeftException(
                    "CPT is for causal language models: task_type must be CAUSAL_LM but is "
                            + task
                            + ".");
        }
        if (virtualTokens.count() != context.size()) {
            throw new PeftException(
                    "num_virtual_tokens must be the number of tokens in the context, "
                            + context.size()
                            + ", but is "
                            + virtualTokens.count()
                            + ".");
        }
        requireRadius("opt_projection_epsilon", epsilon);
        requireRadius("opt_projection_format_epsilon", formatEpsilon);
    }

    private static void requireRadius(String key, double value) {
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw new PeftException(key + " must be a number from 0 up but is " + value + ".");
        }
    }

    /** Starts from peft's defaults; the context must be set. */
    public static CptConfigBuilder builder() {
        return new CptConfigBuilder();
    }

    /** Starts from these settings. */
    public CptConfigBuilder toBuilder() {
        return new CptConfigBuilder(this);
    }

    @Override
    public String peftType() {
        return PEFT_TYPE;
    }

    @Override
    public CptConfig withModulesToSave(List<String> names) {
        return toBuilder().modulesToSave(names).build();
    }

    @Override
    public CptConfig withBaseModel(String nameOrPath) {
        return toBuilder().origin(origin.withBase(nameOrPath)).build();
    }

    @Override
    public JsonObject toJson() {
        return CptConfigJson.write(this);
    }
}
