package org.peft4j.transformers.generation;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.peft4j.transformers.generation.logits.LengthDecay;
import org.peft4j.transformers.generation.logits.LogitsProcessor;

/** Builds a {@link GenerationConfig}. */
public final class GenerationConfigBuilder {

    private LengthLimit most = LengthLimit.newTokens(20);
    private LengthLimit least = LengthLimit.newTokens(0);
    private Set<Long> endIds = Set.of();
    private List<String> stopStrings = List.of();
    private double guidanceScale;
    private Map<List<Long>, Double> sequenceBiases;
    private double repetitionPenalty;
    private int noRepeatNgramSize;
    private List<List<Long>> bannedSequences;
    private boolean removeInvalid;
    private Optional<LengthDecay> lengthDecay;
    private Set<Long> suppressed;
    private Set<Long> suppressedAtBegin;
    private OptionalLong forcedFirst;
    private Set<Long> forcedLast;
    private List<LogitsProcessor> processors;
    private boolean normalize;
    private boolean sample;
    private double temperature;
    private int topK;
    private double topP;
    private double minP;
    private double typicalP;
    private double epsilonCutoff;
    private double etaCutoff;
    private int numBeams;
    private double lengthPenalty;
    private EarlyStopping earlyStopping;
    private int returnSequences = 1;
    private long padId;
    private OptionalLong decoderStartId = OptionalLong.empty();
    private long seed;

    GenerationConfigBuilder() {
        this(LogitsRules.NONE, Sampling.PLAIN, Beams.NONE);
    }

    GenerationConfigBuilder(GenerationConfig config) {
        this(config.rules(), config.sampling().orElse(Sampling.PLAIN), config.beams());
        most = config.mostTokens();
        least = config.leastTokens();
        endIds = config.endIds();
        stopStrings = config.stopStrings();
        sample = config.sampling().isPresent();
        returnSequences = config.returnSequences();
        padId = config.padId();
        decoderStartId = config.decoderStartId();
        seed = config.seed();
    }

    private GenerationConfigBuilder(LogitsRules rules, Sampling sampling, Beams beams) {
        guidanceScale = rules.guidanceScale();
        sequenceBiases = rules.sequenceBiases();
        repetitionPenalty = rules.repetitionPenalty();
        noRepeatNgramSize = rules.noRepeatNgramSize();
        bannedSequences = rules.bannedSequences();
        removeInvalid = rules.removeInvalid();
        lengthDecay = rules.lengthDecay();
        suppressed = rules.suppressed();
        suppressedAtBegin = rules.suppressedAtBegin();
        forcedFirst = rules.forcedFirst();
        forcedLast = rules.forcedLast();
        processors = rules.custom();
        normalize = rules.normalize();
        temperature = sampling.temperature();
        topK = sampling.topK();
        topP = sampling.topP();
        minP = sampling.minP();
        typicalP = sampling.typicalP();
        epsilonCutoff = sampling.epsilonCutoff();
        etaCutoff = sampling.etaCutoff();
        numBeams = beams.count();
        lengthPenalty = beams.lengthPenalty();
        earlyStopping = beams.earlyStopping();
    }

    /** The most tokens to add to a prompt; 20 if not set. */
    public GenerationConfigBuilder maxNewTokens(int tokens) {
        most = LengthLimit.newTokens(tokens);
        return this;
    }

    /** The most tokens of prompt and text together, instead of {@link #maxNewTokens}. */
    public GenerationConfigBuilder maxLength(int tokens) {
        most = LengthLimit.total(tokens);
        return this;
    }

    /** No end token comes before so many new tokens. */
    public GenerationConfigBuilder minNewTokens(int tokens) {
        least = LengthLimit.newTokens(tokens);
        return this;
    }

    /** No end token comes before prompt and text have so many tokens together. */
    public GenerationConfigBuilder minLength(int tokens) {
        least = LengthLimit.total(tokens);
        return this;
    }

    /** The tokens that end a text. */
    public GenerationConfigBuilder endIds(Collection<Long> ids) {
        endIds = Set.copyOf(ids);
        return this;
    }

    /** The strings that end a text; a generator needs a tokenizer for them. */
    public GenerationConfigBuilder stopStrings(List<String> strings) {
        stopStrings = List.copyOf(strings);
        return this;
    }

    /** Above 1 holds texts closer to their prompt (classifier-free guidance), at twice the cost. */
    public GenerationConfigBuilder guidanceScale(double scale) {
        guidanceScale = scale;
        return this;
    }

    /**
     * Adds to the score of the token that would complete a sequence.
     *
     * @param biases what to add by the sequence; −∞ bans it
     */
    public GenerationConfigBuilder sequenceBiases(Map<List<Long>, Double> biases) {
        sequenceBiases = biases;
        return this;
    }

    /** Makes the end of a text more probable the longer it grows. */
    public GenerationConfigBuilder lengthDecay(int start, double factor) {
        lengthDecay = Optional.of(new LengthDecay(start, factor));
        return this;
    }

    /** Whether scores that are NaN or infinite become numbers instead of ending in an error. */
    public GenerationConfigBuilder removeInvalid(boolean remove) {
        removeInvalid = remove;
        return this;
    }

    /** Above 1 against repeating tokens of prompt and text. */
    public GenerationConfigBuilder repetitionPenalty(double penalty) {
        repetitionPenalty = penalty;
        return this;
    }

    /** So many tokens in a row come only once in prompt and text. */
    public GenerationConfigBuilder noRepeatNgramSize(int size) {
        noRepeatNgramSize = size;
        return this;
    }

    /** Token sequences that must not come; an end token alone cannot be banned. */
    public GenerationConfigBuilder bannedSequences(List<List<Long>> sequences) {
        bannedSequences = sequences;
        return this;
    }

    /** Tokens that must not come. */
    public GenerationConfigBuilder suppressed(Collection<Long> ids) {
        suppressed = Set.copyOf(ids);
        return this;
    }

    /** Tokens that must not come first. */
    public GenerationConfigBuilder suppressedAtBegin(Collection<Long> ids) {
        suppressedAtBegin = Set.copyOf(ids);
        return this;
    }

    /** The token behind the start token of a decoder. */
    public GenerationConfigBuilder forcedFirst(long id) {
        forcedFirst = OptionalLong.of(id);
        return this;
    }

    /** One of these comes last where a text grows to its full length. */
    public GenerationConfigBuilder forcedLast(Collection<Long> ids) {
        forcedLast = Set.copyOf(ids);
        return this;
    }

    /** Further processors, in their order. */
    public GenerationConfigBuilder processors(List<LogitsProcessor> custom) {
        processors = List.copyOf(custom);
        return this;
    }

    /** Whether scores become log-probabilities again after all processors. */
    public GenerationConfigBuilder normalize(boolean afterwards) {
        normalize = afterwards;
        return this;
    }

    /** Whether tokens are drawn; false if neither this nor a setting of sampling was called. */
    public GenerationConfigBuilder sample(boolean draw) {
        sample = draw;
        return this;
    }

    /** Draws tokens; below 1 makes the distribution sharper, above 1 flatter. */
    public GenerationConfigBuilder temperature(double divisor) {
        temperature = divisor;
        return sample(true);
    }

    /** Draws from so many of the most probable tokens. */
    public GenerationConfigBuilder topK(int count) {
        topK = count;
        return sample(true);
    }

    /** Draws from the fewest tokens that have this probability together. */
    public GenerationConfigBuilder topP(double probability) {
        topP = probability;
        return sample(true);
    }

    /** Draws from the tokens of at least this share of the highest probability. */
    public GenerationConfigBuilder minP(double share) {
        minP = share;
        return sample(true);
    }

    /** Draws from the most typical tokens that have this probability together. */
    public GenerationConfigBuilder typicalP(double probability) {
        typicalP = probability;
        return sample(true);
    }

    /** Draws from the tokens of at least this probability. */
    public GenerationConfigBuilder epsilonCutoff(double probability) {
        epsilonCutoff = probability;
        return sample(true);
    }

    /** As {@link #epsilonCutoff}, but the threshold falls with the entropy. */
    public GenerationConfigBuilder etaCutoff(double probability) {
        etaCutoff = probability;
        return sample(true);
    }

    /** Searches with so many beams; 1 if not set. */
    public GenerationConfigBuilder numBeams(int count) {
        numBeams = count;
        return this;
    }

    /** Above 0 favours longer texts in beam search, below 0 shorter ones; 1 if not set. */
    public GenerationConfigBuilder lengthPenalty(double power) {
        lengthPenalty = power;
        return this;
    }

    /** When beam search ends. */
    public GenerationConfigBuilder earlyStopping(EarlyStopping when) {
        earlyStopping = when;
        return this;
    }

    /** Texts for each prompt; 1 if not set. */
    public GenerationConfigBuilder returnSequences(int count) {
        returnSequences = count;
        return this;
    }

    /** What fills shorter prompts; 0 if not set. */
    public GenerationConfigBuilder padId(long id) {
        padId = id;
        return this;
    }

    /** What the decoder of an encoder-decoder starts with. */
    public GenerationConfigBuilder decoderStartId(long id) {
        decoderStartId = OptionalLong.of(id);
        return this;
    }

    /** Decides what is drawn; 0 if not set. */
    public GenerationConfigBuilder seed(long number) {
        seed = number;
        return this;
    }

    /** Takes the most probable token at a time: no sampling, no beams, one text for a prompt. */
    public GenerationConfigBuilder greedy() {
        return sample(false).numBeams(1).returnSequences(1);
    }

    /**
     * Builds the config.
     *
     * @throws org.peft4j.core.PeftException if a setting is out of its range, or two contradict
     *     each other
     */
    public GenerationConfig build() {
        Sampling sampling =
                new Sampling(temperature, topK, topP, minP, typicalP, epsilonCutoff, etaCutoff);
        return new GenerationConfig(
                most,
                least,
                endIds,
                stopStrings,
                new LogitsRules(
                        guidanceScale,
                        sequenceBiases,
                        repetitionPenalty,
                        noRepeatNgramSize,
                        bannedSequences,
                        removeInvalid,
                        lengthDecay,
                        suppressed,
                        suppressedAtBegin,
                        forcedFirst,
                        forcedLast,
                        processors,
                        normalize),
                sample ? Optional.of(sampling) : Optional.empty(),
                new Beams(numBeams, lengthPenalty, earlyStopping),
                returnSequences,
                padId,
                decoderStartId,
                seed);
    }
}
