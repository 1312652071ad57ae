package org.peft4j.transformers.generation;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.peft4j.core.BadFileException;
import org.peft4j.core.PeftException;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.files.JsonFiles;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads {@code generation_config.json}, or what an old {@code config.json} says of generation. A
 * key that this library does not follow is refused where it would change the texts; keys about
 * speed, memory and what {@code generate} returns are skipped ({@link GenerationKeys}); of any
 * other key a warning tells.
 */
final class GenerationConfigReader {

    private static final Logger LOG = LoggerFactory.getLogger(GenerationConfigReader.class);
    private static final int DEFAULT_TOP_K = 50;
    private static final String IDS = "made of ids, which are whole numbers from 0";
    private static final String BIASES = "a list of pairs of a list of ids and a number";

    private final JsonFields fields;
    private final GenerationConfigBuilder builder = GenerationConfig.builder();

    private GenerationConfigReader(JsonFields fields) {
        this.fields = fields;
    }

    static GenerationConfig read(Path checkpoint) {
        Path own = checkpoint.resolve("generation_config.json");
        Path config = checkpoint.resolve("config.json");
        if (Files.exists(own)) {
            JsonObject settings = JsonFiles.read(own);
            Set<String> unknown = GenerationKeys.unknown(settings);
            if (!unknown.isEmpty()) {
                LOG.warn("{}: {} are not followed; the texts may differ", own, unknown);
            }
            return read(own, settings);
        }
        return read(config, JsonFiles.read(config));
    }

    /**
     * Reads settings.
     *
     * @param file names them in errors
     */
    static GenerationConfig read(Path file, JsonObject settings) {
        return new GenerationConfigReader(JsonFields.of(file, settings)).config();
    }

    private GenerationConfig config() {
        refuseUnsupported();
        lengths();
        ends();
        rules();
        sampling();
        beams();
        fields.optionalPositiveInt("num_return_sequences").ifPresent(builder::returnSequences);
        idsOrNone(
                "decoder_start_token_id",
                start -> builder.decoderStartId(single(start, "decoder_start_token_id")));
        if (!fields.has("decoder_start_token_id")) {
            idsOrNone("bos_token_id", begin -> builder.decoderStartId(begin.get(0)));
        }
        try {
            return builder.build();
        } catch (PeftException e) {
            throw new BadFileException(
                    fields.file(),
                    "has settings that cannot be followed: " + e.getMessage(),
                    "Correct it by hand",
                    e);
        }
    }

    private void refuseUnsupported() {
        GenerationKeys.UNSUPPORTED_NUMBERS.forEach(
                (key, neutral) ->
                        fields.optionalNumber(key)
                                .ifPresent(value -> refuseUnless(value == neutral, key)));
        for (String key : GenerationKeys.UNSUPPORTED) {
            JsonElement value = fields.object().get(key);
            boolean off =
                    value == null
                            || value.isJsonNull()
                            || (value instanceof JsonPrimitive p
                                    && p.isBoolean()
                                    && !p.getAsBoolean());
            refuseUnless(off, key);
        }
    }

    private void refuseUnless(boolean neutral, String key) {
        if (!neutral) {
            throw new BadFileException(
                    fields.file(),
                    "has " + key + ", which changes what is generated and is not supported",
                    "Remove it, and know that the texts differ from those of transformers");
        }
    }

    private void lengths() {
        fields.optionalPositiveInt("max_length").ifPresent(builder::maxLength);
        fields.optionalPositiveInt("max_new_tokens").ifPresent(builder::maxNewTokens);
        fields.optionalInt("min_length").ifPresent(least -> builder.minLength(Math.max(0, least)));
        fields.optionalInt("min_new_tokens")
                .ifPresent(least -> builder.minNewTokens(Math.max(0, least)));
    }

    private void ends() {
        idsOrNone("eos_token_id", builder::endIds);
        idsOrNone("eos_token_id", ends -> builder.padId(ends.get(0)));
        idsOrNone("pad_token_id", pad -> builder.padId(single(pad, "pad_token_id")));
        if (fields.object().get("stop_strings") instanceof JsonPrimitive) {
            builder.stopStrings(List.of(fields.string("stop_strings")));
        } else {
            fields.optionalStrings("stop_strings").ifPresent(builder::stopStrings);
        }
    }

    private void rules() {
        fields.optionalNumber("guidance_scale").ifPresent(builder::guidanceScale);
        if (fields.has("sequence_bias")) {
            builder.sequenceBiases(sequenceBiases());
        }
        if (fields.has("exponential_decay_length_penalty")) {
            lengthDecay();
        }
        fields.optionalBool("remove_invalid_values").ifPresent(builder::removeInvalid);
        fields.optionalNumber("repetition_penalty").ifPresent(builder::repetitionPenalty);
        fields.optionalInt("no_repeat_ngram_size").ifPresent(builder::noRepeatNgramSize);
        idsOrNone("suppress_tokens", builder::suppressed);
        idsOrNone("begin_suppress_tokens", builder::suppressedAtBegin);
        ids(
                "forced_bos_token_id",
                first -> builder.forcedFirst(single(first, "forced_bos_token_id")));
        ids("forced_eos_token_id", builder::forcedLast);
        fields.optionalBool("renormalize_logits").ifPresent(builder::normalize);
        JsonElement banned = fields.object().get("bad_words_ids");
        if (banned instanceof JsonArray sequences) {
            List<List<Long>> all = new ArrayList<>();
            sequences.forEach(sequence -> all.add(idList(sequence, "bad_words_ids")));
            builder.bannedSequences(all);
        } else if (banned != null && !banned.isJsonNull()) {
            throw fields.mustBe("bad_words_ids", "a list of lists of ids");
        }
    }

    /** A list of pairs: the ids of a sequence, and what is added to its score. */
    private Map<List<Long>, Double> sequenceBiases() {
        if (!(fields.object().get("sequence_bias") instanceof JsonArray pairs)) {
            throw fields.mustBe("sequence_bias", BIASES);
        }
        Map<List<Long>, Double> biases = new LinkedHashMap<>();
        for (JsonElement pair : pairs) {
            if (!(pair instanceof JsonArray both
                    && both.size() == 2
                    && both.get(1) instanceof JsonPrimitive bias
                    && bias.isNumber())) {
                throw fields.mustBe("sequence_bias", BIASES);
            }
            biases.put(idList(both.get(0), "sequence_bias"), bias.getAsDouble());
        }
        return biases;
    }

    private void lengthDecay() {
        List<Double> pair = fields.numbers("exponential_decay_length_penalty");
        if (pair.size() != 2 || pair.get(0) != pair.get(0).intValue()) {
            throw fields.mustBe(
                    "exponential_decay_length_penalty", "a whole number of tokens and a factor");
        }
        builder.lengthDecay(pair.get(0).intValue(), pair.get(1));
    }

    private void sampling() {
        builder.topK(fields.optionalInt("top_k").orElse(DEFAULT_TOP_K));
        fields.optionalNumber("temperature").ifPresent(builder::temperature);
        fields.optionalNumber("top_p").ifPresent(builder::topP);
        fields.optionalNumber("min_p").ifPresent(builder::minP);
        fields.optionalNumber("typical_p").ifPresent(builder::typicalP);
        fields.optionalNumber("epsilon_cutoff").ifPresent(builder::epsilonCutoff);
        fields.optionalNumber("eta_cutoff").ifPresent(builder::etaCutoff);
        boolean sample = fields.optionalBool("do_sample").orElse(false);
        if (!sample) {
            builder.temperature(1).topK(0).topP(1).minP(0).typicalP(1);
            builder.epsilonCutoff(0).etaCutoff(0); // not checked where nothing is drawn
        }
        builder.sample(sample);
    }

    private void beams() {
        fields.optionalPositiveInt("num_beams").ifPresent(builder::numBeams);
        fields.optionalNumber("length_penalty").ifPresent(builder::lengthPenalty);
        JsonElement early = fields.object().get("early_stopping");
        if (early instanceof JsonPrimitive p && p.isString()) {
            if (!p.getAsString().equals("never")) {
                throw fields.mustBe("early_stopping", "true, false or \"never\"");
            }
            builder.earlyStopping(EarlyStopping.NEVER);
        } else if (fields.optionalBool("early_stopping").orElse(false)) {
            builder.earlyStopping(EarlyStopping.WHEN_FULL);
        }
    }

    /** Hands over ids that stand alone or in a list; nothing where there are none. */
    private void ids(String key, Consumer<List<Long>> setting) {
        handOver(wholeNumbers(key), key, setting);
    }

    /** The same where an id below 0 means no such token, as in the first Llama checkpoints. */
    private void idsOrNone(String key, Consumer<List<Long>> setting) {
        handOver(wholeNumbers(key).stream().filter(id -> id >= 0).toList(), key, setting);
    }

    private void handOver(List<Long> ids, String key, Consumer<List<Long>> setting) {
        ids.forEach(id -> requireId(id, key));
        if (!ids.isEmpty()) {
            setting.accept(ids);
        }
    }

    private List<Long> wholeNumbers(String key) {
        JsonElement value = fields.object().get(key);
        if (value == null || value.isJsonNull()) {
            return List.of();
        }
        return value.isJsonArray() ? wholeNumbers(value, key) : List.of(wholeNumber(value, key));
    }

    private List<Long> wholeNumbers(JsonElement value, String key) {
        if (!(value instanceof JsonArray array)) {
            throw fields.mustBe(key, "a list of ids");
        }
        List<Long> ids = new ArrayList<>();
        array.forEach(element -> ids.add(wholeNumber(element, key)));
        return ids;
    }

    private List<Long> idList(JsonElement value, String key) {
        List<Long> ids = wholeNumbers(value, key);
        ids.forEach(id -> requireId(id, key));
        return ids;
    }

    private void requireId(long id, String key) {
        if (id < 0) {
            throw fields.mustBe(key, IDS);
        }
    }

    private long wholeNumber(JsonElement value, String key) {
        if (value instanceof JsonPrimitive p && p.isNumber()) {
            double number = p.getAsDouble();
            if (number == Math.rint(number) && Math.abs(number) < 0x1p53) {
                return (long) number;
            }
        }
        throw fields.mustBe(key, IDS);
    }

    private long single(List<Long> ids, String key) {
        if (ids.size() > 1) {
            throw fields.mustBe(key, "one id");
        }
        return ids.get(0);
    }
}
