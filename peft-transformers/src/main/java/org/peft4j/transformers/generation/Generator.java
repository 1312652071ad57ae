package org.peft4j.transformers.generation;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftModel;
import org.peft4j.transformers.generation.logits.TokenSequence;
import org.peft4j.transformers.text.Tokenizer;

/**
 * Continues prompts token by token: one pass over the prompts fills a key-value cache, then each
 * pass adds one token to every text. Prompts of different lengths are padded on the left. For an
 * encoder-decoder the prompts are what the encoder reads. Safe for many threads; a call runs on its
 * own thread.
 */
public final class Generator {

    private final PeftModel model;
    private final GenerationConfig config;
    private final @Nullable StopStrings stopStrings;

    /**
     * Makes a generator.
     *
     * @param model the base and its adapters
     * @param config how to generate; without stop strings
     */
    public Generator(PeftModel model, GenerationConfig config) {
        this.model = model;
        this.config = config;
        this.stopStrings = null;
        if (!config.stopStrings().isEmpty()) {
            throw new PeftException(
                    "stop strings are found in decoded text. Give the generator the tokenizer.");
        }
    }

    /**
     * Makes a generator that finds stop strings.
     *
     * @param model the base and its adapters
     * @param config how to generate
     * @param tokenizer decodes what is generated
     */
    public Generator(PeftModel model, GenerationConfig config, Tokenizer tokenizer) {
        this.model = model;
        this.config = config;
        this.stopStrings =
                config.stopStrings().isEmpty()
                        ? null
                        : new StopStrings(config.stopStrings(), tokenizer);
    }

    /** Makes a generator that takes the most probable token, whatever else the config says. */
    public static Generator greedy(PeftModel model, GenerationConfig config) {
        return new Generator(model, config.greedy());
    }

    /** Returns the model that generates. */
    public PeftModel model() {
        return model;
    }

    /** Returns how it generates. */
    public GenerationConfig config() {
        return config;
    }

    /** Continues one prompt; returns the ids of its (best, or first) text. */
    public long[] generate(AdapterSelection selection, long[] prompt) {
        return generate(selection, List.of(prompt)).get(0);
    }

    /** Continues prompts. */
    public List<long[]> generate(AdapterSelection selection, List<long[]> prompts) {
        return generate(selection, prompts, TokenListener.NONE);
    }

    /**
     * Continues prompts.
     *
     * @param selection which adapters act; may be another one for each prompt
     * @param prompts the ids of each prompt, none empty
     * @param listener hears of each new token at once
     * @return the new ids of each text, with the end token where there was one: a text for each
     *     prompt, or, one prompt after the other, as many as the config says
     */
    public List<long[]> generate(
            AdapterSelection selection, List<long[]> prompts, TokenListener listener) {
        return run(GenerationRequest.of(selection, prompts), listener).stream()
                .map(GeneratedSequence::ids)
                .toList();
    }

    /** Continues prompts and tells all that is known of the texts. */
    public List<GeneratedSequence> run(GenerationRequest request) {
        return run(request, TokenListener.NONE);
    }

    /**
     * Continues prompts and tells all that is known of the texts.
     *
     * @param request the prompts and which adapters act
     * @param listener hears of each new token at once
     * @return the texts, one prompt after the other, the best of each first in beam search. Beam
     *     search returns fewer than asked for where there are not as many different texts
     * @throws PeftException if prompts are as long as texts may become, something listens to beam
     *     search, beams or sequences do not fit into memory, the thread is interrupted, or the JVM
     *     exits
     * @throws org.peft4j.core.NonFiniteException if the model's logits are not finite
     */
    public List<GeneratedSequence> run(GenerationRequest request, TokenListener listener) {
        PromptBatch prompts = PromptBatch.of(request, config, model.base());
        SearchLimits.require(config, prompts.rows(), model.base().info().vocabularySize());
        int most = config.mostTokens().behind(prompts.width());
        if (most < 1) {
            throw new PeftException(
                    "the longest prompt has "
                            + prompts.width()
                            + " tokens, but prompt and text may have "
                            + config.mostTokens().tokens()
                            + " together (max_length). Say maxNewTokens instead.");
        }
        StopCheck stop = new StopCheck(config.endIds(), stopStrings, most);
        LogitsPipeline pipeline = LogitsPipeline.of(config, prompts.width());
        Search search = search(request, prompts.starts(), pipeline, stop, listener);
        double guidance = config.rules().guidanceScale();
        new DecodingLoop(model, prompts, most, guidance).run(request.selection(), search);
        return search.results();
    }

    private Search search(
            GenerationRequest request,
            List<TokenSequence> starts,
            LogitsPipeline pipeline,
            StopCheck stop,
            TokenListener listener) {
        if (config.beams().count() == 1) {
            return new IndependentRows(config, request, starts, pipeline, stop, listener);
        }
        if (listener != TokenListener.NONE) {
            throw new PeftException(
                    "beam search cannot be listened to, because it knows its texts only when it"
                            + " ends. Generate without a listener or without beams.");
        }
        return new BeamSearch(config, request, starts, pipeline, stop);
    }
}
