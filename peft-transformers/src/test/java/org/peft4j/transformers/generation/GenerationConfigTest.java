package org.peft4j.transformers.generation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.peft4j.core.PeftException;
import org.peft4j.fixtures.Fixtures;

/** Settings are read as {@code transformers} means them, or refused. */
final class GenerationConfigTest {

    @TempDir private Path directory = Path.of("");

    private static GenerationConfig read(String json) {
        return DecodingTest.config(JsonParser.parseString(json).getAsJsonObject());
    }

    @Test
    void readsAChatModels() {
        GenerationConfig config =
                read(
                        """
                        {"bos_token_id": 151643, "pad_token_id": 151643, "do_sample": true,
                         "eos_token_id": [151645, 151643], "repetition_penalty": 1.1,
                         "temperature": 0.7, "top_p": 0.8, "top_k": 20,
                         "transformers_version": "4.37.0"}
                        """);
        assertEquals(
                GenerationConfig.builder()
                        .endIds(List.of(151645L, 151643L))
                        .padId(151643)
                        .decoderStartId(151643)
                        .repetitionPenalty(1.1)
                        .temperature(0.7)
                        .topP(0.8)
                        .topK(20)
                        .build(),
                config);
    }

    @Test
    void readsAnEncoderDecoders() {
        GenerationConfig config =
                read(
                        """
                        {"_from_model_config": true, "bos_token_id": 0, "decoder_start_token_id": 2,
                         "early_stopping": true, "eos_token_id": 2, "forced_bos_token_id": 0,
                         "forced_eos_token_id": 2, "length_penalty": 2.0, "max_length": 142,
                         "min_length": 56, "no_repeat_ngram_size": 3, "num_beams": 4,
                         "pad_token_id": 1, "use_cache": true}
                        """);
        assertEquals(
                GenerationConfig.builder()
                        .maxLength(142)
                        .minLength(56)
                        .endIds(List.of(2L))
                        .padId(1)
                        .decoderStartId(2)
                        .forcedFirst(0)
                        .forcedLast(List.of(2L))
                        .noRepeatNgramSize(3)
                        .numBeams(4)
                        .lengthPenalty(2)
                        .earlyStopping(EarlyStopping.WHEN_FULL)
                        .build(),
                config);
    }

    @Test
    void hasTheDefaultsOfTransformers() {
        assertEquals(GenerationConfig.builder().build(), read("{}"));
        assertEquals(LengthLimit.newTokens(20), read("{}").mostTokens());
        Sampling drawn = read("{\"do_sample\": true}").sampling().orElseThrow();
        assertEquals(new Sampling(1, 50, 1, 0, 1, 0, 0), drawn);
        assertEquals(
                LengthLimit.newTokens(7),
                read("{\"max_length\": 4096, \"max_new_tokens\": 7}").mostTokens());
        assertEquals(
                EarlyStopping.NEVER,
                read("{\"early_stopping\": \"never\"}").beams().earlyStopping());
        assertEquals(List.of("a"), read("{\"stop_strings\": \"a\"}").stopStrings());
        assertEquals(Optional.empty(), read("{\"temperature\": 0.0}").sampling());
    }

    @Test
    void readsACheckpoint() throws IOException {
        GenerationConfig config = GenerationConfig.read(Fixtures.base("llama"));
        assertEquals(Set.of(2L), config.endIds());
        Files.writeString(
                directory.resolve("config.json"),
                "{\"model_type\": \"t5\", \"eos_token_id\": 1, \"num_beams\": 2,"
                        + " \"decoder_start_token_id\": 0}");
        GenerationConfig old = GenerationConfig.read(directory);
        assertEquals(2, old.beams().count());
        assertEquals(OptionalLong.of(0), old.decoderStartId());
    }

    /** As in the first Llama checkpoints. */
    @Test
    void anIdBelow0MeansNoSuchToken() {
        assertEquals(
                read("{}"),
                read(
                        """
                        {"eos_token_id": -1, "pad_token_id": -1, "bos_token_id": -1,
                         "decoder_start_token_id": -1, "suppress_tokens": [-1],
                         "begin_suppress_tokens": [-1]}
                        """));
        assertEquals(read("{\"eos_token_id\": [7]}"), read("{\"eos_token_id\": [-1, 7]}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{\"guidance_scale\": 3.0, \"num_beams\": 2}; beam search cannot follow",
                "{\"sequence_bias\": {\"a\": 1}}; sequence_bias must be a list of pairs",
                "{\"sequence_bias\": [[[1]]]}; sequence_bias must be a list of pairs",
                "{\"sequence_bias\": [[[], 1.0]]}; must have at least one token",
                "{\"sequence_bias\": [[[-1], 1.0]]}; sequence_bias must be made of ids",
                "{\"exponential_decay_length_penalty\": [1]}; a whole number of tokens",
                "{\"exponential_decay_length_penalty\": [1.5, 2]}; a whole number of tokens",
                "{\"bad_words_ids\": [[-1]]}; bad_words_ids must be made of ids",
                "{\"forced_eos_token_id\": -1}; forced_eos_token_id must be made of ids",
                "{\"num_beam_groups\": 2}; has num_beam_groups",
                "{\"top_h\": 0.4}; has top_h",
                "{\"max_time\": 2}; has max_time",
                "{\"temperature\": 0, \"do_sample\": true}; temperature must be above 0",
                "{\"top_p\": 2, \"do_sample\": true}; topP must lie between 0 and 1",
                "{\"top_p\": \"x\"}; top_p must be a number",
                "{\"eos_token_id\": 1.5}; eos_token_id must be made of ids",
                "{\"bad_words_ids\": [1]}; bad_words_ids must be a list of ids",
                "{\"bad_words_ids\": 1}; bad_words_ids must be a list of lists",
                "{\"pad_token_id\": [1, 2]}; pad_token_id must be one id",
                "{\"early_stopping\": \"soon\"}; early_stopping must be true",
                "{\"num_return_sequences\": 2}; one most probable text",
                "{\"num_return_sequences\": 4, \"num_beams\": 2}; no more texts than beams"
            })
    void refusesWhatItCannotFollow(String json, String part) {
        String message =
                String.valueOf(assertThrows(PeftException.class, () -> read(json)).getMessage());
        assertTrue(message.contains(part), message);
        assertTrue(message.contains("generation_config.json"), message);
    }

    @Test
    void skipsWhatChangesNothing() {
        assertEquals(
                read("{}"),
                read(
                        """
                        {"guidance_scale": 1.0, "diversity_penalty": 0.0, "num_beam_groups": 1,
                         "encoder_no_repeat_ngram_size": 0, "remove_invalid_values": false,
                         "use_cache": true, "chat_format": "chatml", "top_h": null,
                         "cache_implementation": "hybrid", "output_scores": true}
                        """));
    }

    /** The names of what transformers 5.23 writes, and some that nobody knows. */
    @Test
    void knowsWhatItSkips() {
        assertEquals(
                Set.of("chat_format", "lang_to_id"),
                GenerationKeys.unknown(
                        JsonParser.parseString(
                                        """
                                        {"temperature": 1.0, "top_h": 0.2, "guidance_scale": 2.0,
                                         "use_cache": true, "transformers_version": "5.23.0",
                                         "prompt_lookup_num_tokens": 3, "chat_format": "chatml",
                                         "max_context": null, "lang_to_id": {"<|de|>": 1}}
                                        """)
                                .getAsJsonObject()));
    }

    @Test
    void warnsByNameOfWhatItDoesNotKnow() throws IOException {
        Files.writeString(directory.resolve("config.json"), "{\"hidden_size\": 3}");
        Files.writeString(
                directory.resolve("generation_config.json"),
                "{\"temprature\": 0.5, \"use_cache\": true}");
        PrintStream before = System.err;
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
        try {
            GenerationConfig.read(directory);
        } finally {
            System.setErr(before);
        }
        String log = written.toString(StandardCharsets.UTF_8);
        assertTrue(log.contains("[temprature] are not followed"), log);
    }
}
