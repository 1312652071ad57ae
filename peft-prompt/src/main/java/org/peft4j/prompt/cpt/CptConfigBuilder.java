package org.peft4j.prompt.cpt;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.AdapterOrigin;
import org.peft4j.core.PeftException;
import org.peft4j.prompt.VirtualTokens;

/** Builds a {@link CptConfig}; every setting but the context has peft's default. */
public final class CptConfigBuilder {

    private AdapterOrigin origin = AdapterOrigin.unknown();
    private @Nullable VirtualTokens virtualTokens;
    private @Nullable CptContext context;
    private LossWeighting weighting = LossWeighting.none();
    private double epsilon = 0.1;
    private double formatEpsilon = 0.1;
    private @Nullable String tokenizer;
    private List<String> modulesToSave = List.of();

    CptConfigBuilder() {}

    CptConfigBuilder(CptConfig config) {
        origin = config.origin();
        virtualTokens = config.virtualTokens();
        context = config.context();
        weighting = config.weighting();
        epsilon = config.epsilon();
        formatEpsilon = config.formatEpsilon();
        tokenizer = config.tokenizer();
        modulesToSave = config.modulesToSave();
    }

    /** What the virtual tokens begin as; must be set. */
    public CptConfigBuilder context(CptContext examples) {
        this.context = examples;
        return this;
    }

    /** What else peft keeps of the base; settled for the base if not set. */
    CptConfigBuilder virtualTokens(VirtualTokens settings) {
        this.virtualTokens = settings;
        return this;
    }

    /** What the context's labels weigh in the loss; as much as the text's if not set. */
    public CptConfigBuilder weighting(LossWeighting weights) {
        this.weighting = weights;
        return this;
    }

    /** ε, how far the tokens of inputs may move, see {@link CptConfig#epsilon}; 0.1 if not set. */
    public CptConfigBuilder epsilon(double radius) {
        this.epsilon = radius;
        return this;
    }

    /** ε of the templates' tokens; 0.1 if not set. */
    public CptConfigBuilder formatEpsilon(double radius) {
        this.formatEpsilon = radius;
        return this;
    }

    /** A name or path of the tokenizer that made the ids, for peft's file. */
    public CptConfigBuilder tokenizer(String nameOrPath) {
        this.tokenizer = nameOrPath;
        return this;
    }

    /** Modules that are trained and saved as a whole; none if not set. */
    public CptConfigBuilder modulesToSave(String... names) {
        return modulesToSave(List.of(names));
    }

    CptConfigBuilder modulesToSave(List<String> names) {
        this.modulesToSave = names;
        return this;
    }

    /** The base and the task; settled for the base if not set. */
    public CptConfigBuilder origin(AdapterOrigin from) {
        this.origin = from;
        return this;
    }

    /** Returns the config. */
    public CptConfig build() {
        if (context == null) {
            throw new PeftException(
                    "CPT needs a context of examples. Call context, and make it with"
                            + " CptTemplate.");
        }
        return new CptConfig(
                origin,
                virtualTokens == null ? VirtualTokens.of(context.size()) : virtualTokens,
                context,
                weighting,
                epsilon,
                formatEpsilon,
                tokenizer,
                modulesToSave);
    }
}
