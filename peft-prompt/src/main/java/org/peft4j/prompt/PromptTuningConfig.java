package org.peft4j.prompt;

import com.google.gson.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.AdapterOrigin;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftException;

/**
 * The settings of prompt tuning (Lester et al. 2021), one for one those of peft's {@code
 * PromptTuningConfig}. Make one with {@link #builder()}.
 *
 * @param origin the base and the task
 * @param virtualTokens how many virtual tokens
 * @param initialization where they start
 * @param modulesToSave modules that are trained as a whole
 */
public record PromptTuningConfig(
        AdapterOrigin origin,
        VirtualTokens virtualTokens,
        PromptInitialization initialization,
        List<String> modulesToSave)
        implements PeftConfig {

    /** The {@code peft_type} of prompt tuning. */
    public static final String PEFT_TYPE = "PROMPT_TUNING";

    /** Copies the list. */
    public PromptTuningConfig {
        modulesToSave = List.copyOf(modulesToSave);
    }

    /** Starts from peft's defaults; the number of virtual tokens must be set. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public String peftType() {
        return PEFT_TYPE;
    }

    @Override
    public PromptTuningConfig withModulesToSave(List<String> names) {
        return new PromptTuningConfig(origin, virtualTokens, initialization, names);
    }

    @Override
    public PromptTuningConfig withBaseModel(String nameOrPath) {
        return new PromptTuningConfig(
                origin.withBase(nameOrPath), virtualTokens, initialization, modulesToSave);
    }

    @Override
    public JsonObject toJson() {
        return PromptTuningConfigJson.write(this);
    }

    /** Builds a {@link PromptTuningConfig}; every setting but one has peft's default. */
    public static final class Builder {

        private AdapterOrigin origin = AdapterOrigin.unknown();
        private @Nullable VirtualTokens virtualTokens;
        private PromptInitialization initialization = PromptInitialization.random();
        private List<String> modulesToSave = List.of();

        private Builder() {}

        /** How many virtual tokens; must be set. The paper takes 100. */
        public Builder virtualTokens(int count) {
            return virtualTokens(VirtualTokens.of(count));
        }

        /** How many virtual tokens, with what else peft keeps of the base; must be set. */
        public Builder virtualTokens(VirtualTokens settings) {
            this.virtualTokens = settings;
            return this;
        }

        /** Where virtual tokens start; N(0, 1) if not set. */
        public Builder initialization(PromptInitialization start) {
            this.initialization = start;
            return this;
        }

        /** Modules that are trained and saved as a whole; only the task's head if not set. */
        public Builder modulesToSave(String... names) {
            this.modulesToSave = List.of(names);
            return this;
        }

        /** The base and the task; settled for the base if not set. */
        public Builder origin(AdapterOrigin from) {
            this.origin = from;
            return this;
        }

        /** Returns the config. */
        public PromptTuningConfig build() {
            if (virtualTokens == null) {
                throw new PeftException(
                        "prompt tuning needs a number of virtual tokens. Call virtualTokens.");
            }
            return new PromptTuningConfig(origin, virtualTokens, initialization, modulesToSave);
        }
    }
}
