package org.peft4j.transformers.generation;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.peft4j.core.PeftException;
import org.peft4j.transformers.text.Tokenizer;

/**
 * How texts are generated. The strategy follows from it: the most probable token at a time,
 * sampling, beam search, or beam search that samples. Settings mean what they mean in {@code
 * transformers}.
 *
 * @param mostTokens where texts end at the latest
 * @param leastTokens before so many, no end token comes
 * @param endIds the tokens that end a text; with none it grows to its full length
 * @param stopStrings strings that end a text as soon as it has one of them; the text keeps the
 *     string and whatever else the last token holds
 * @param rules what changes the scores of tokens
 * @param sampling how to draw tokens; empty for the most probable ones
 * @param beams how wide to search
 * @param returnSequences texts for each prompt
 * @param padId what fills shorter prompts; never seen by the others
 * @param decoderStartId what the decoder of an encoder-decoder starts with
 * @param seed decides what is drawn
 */
public record GenerationConfig(
        LengthLimit mostTokens,
        LengthLimit leastTokens,
        Set<Long> endIds,
        List<String> stopStrings,
        LogitsRules rules,
        Optional<Sampling> sampling,
        Beams beams,
        int returnSequences,
        long padId,
        OptionalLong decoderStartId,
        long seed) {

    /** Checks the settings against each other. */
    public GenerationConfig {
        endIds = Set.copyOf(endIds);
        stopStrings = List.copyOf(stopStrings);
        endIds.forEach(id -> LogitsRules.requireId("endIds", id));
        decoderStartId.ifPresent(id -> LogitsRules.requireId("decoderStartId", id));
        if (mostTokens.tokens() < 1) {
            throw new PeftException("maxNewTokens must be at least 1 but is 0.");
        }
        if (padId < 0) {
            throw new PeftException("padId must be an id but is " + padId + ".");
        }
        if (stopStrings.contains("")) {
            throw new PeftException("a stop string must not be empty.");
        }
        if (returnSequences < 1) {
            throw new PeftException(
                    "returnSequences must be at least 1 but is " + returnSequences + ".");
        }
        if (beams.count() > 1 && returnSequences > beams.count()) {
            throw new PeftException(
                    "returnSequences is "
                            + returnSequences
                            + ", but beam search with "
                            + beams.count()
                            + " beams has no more texts than beams. Search with more beams.");
        }
        if (beams.count() > 1 && rules.guidanceScale() != 1) {
            throw new PeftException(
                    "guidanceScale is "
                            + rules.guidanceScale()
                            + ", which beam search cannot follow. Search with one beam, or without"
                            + " guidance.");
        }
        if (beams.count() == 1 && sampling.isEmpty() && returnSequences > 1) {
            throw new PeftException(
                    "returnSequences is "
                            + returnSequences
                            + ", but there is one most probable text. Sample, or search with"
                            + " beams.");
        }
    }

    /** Begins a config: 20 new tokens, the most probable one at a time, no end token. */
    public static GenerationConfigBuilder builder() {
        return new GenerationConfigBuilder();
    }

    /** Begins a config with these settings. */
    public GenerationConfigBuilder toBuilder() {
        return new GenerationConfigBuilder(this);
    }

    /** Adds this many tokens, whatever they are. */
    public static GenerationConfig of(int maxNewTokens) {
        return builder().maxNewTokens(maxNewTokens).build();
    }

    /** Ends at the end tokens of a checkpoint. */
    public static GenerationConfig of(int maxNewTokens, Tokenizer tokenizer) {
        return builder()
                .maxNewTokens(maxNewTokens)
                .endIds(tokenizer.special().ends())
                .padId(tokenizer.padId())
                .build();
    }

    /**
     * Reads what a checkpoint recommends: its {@code generation_config.json}, or else what an old
     * {@code config.json} says of generation. What neither says has the default of {@code
     * transformers}: 20 new tokens; 50 tokens to draw from.
     *
     * @param checkpoint the directory
     * @throws org.peft4j.core.BadFileException if a setting is out of its range, or would change
     *     the texts in a way that is not supported
     */
    public static GenerationConfig read(Path checkpoint) {
        return GenerationConfigReader.read(checkpoint);
    }

    /** The same with other end tokens. */
    public GenerationConfig withEndIds(Long... ids) {
        return toBuilder().endIds(Set.of(ids)).build();
    }

    /** The same without sampling, beams and further sequences. */
    public GenerationConfig greedy() {
        return toBuilder().greedy().build();
    }

    /** Returns whether the most probable token of the model itself is taken. */
    boolean isPlain() {
        return sampling.isEmpty()
                && beams.count() == 1
                && leastTokens.tokens() == 0
                && rules.equals(LogitsRules.NONE);
    }
}
