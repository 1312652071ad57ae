package org.peft4j.transformers.generation;

import com.google.gson.JsonObject;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What is known of the keys of a {@code generation_config.json}. */
final class GenerationKeys {

    /** Keys that are not followed, and the value with which they change nothing. */
    static final Map<String, Double> UNSUPPORTED_NUMBERS =
            Map.of(
                    "encoder_repetition_penalty", 1.0,
                    "encoder_no_repeat_ngram_size", 0.0,
                    "diversity_penalty", 0.0,
                    "num_beam_groups", 1.0,
                    "penalty_alpha", 0.0);

    /** Keys that are not followed, unless they are null or false. */
    static final Set<String> UNSUPPORTED =
            Set.of(
                    "constraints",
                    "dola_layers",
                    "force_words_ids",
                    "max_time",
                    "token_healing",
                    "top_h",
                    "watermarking_config");

    private static final Set<String> FOLLOWED =
            Set.of(
                    "bad_words_ids",
                    "begin_suppress_tokens",
                    "bos_token_id",
                    "decoder_start_token_id",
                    "do_sample",
                    "early_stopping",
                    "eos_token_id",
                    "epsilon_cutoff",
                    "eta_cutoff",
                    "exponential_decay_length_penalty",
                    "forced_bos_token_id",
                    "forced_eos_token_id",
                    "guidance_scale",
                    "length_penalty",
                    "max_length",
                    "max_new_tokens",
                    "min_length",
                    "min_new_tokens",
                    "min_p",
                    "no_repeat_ngram_size",
                    "num_beams",
                    "num_return_sequences",
                    "pad_token_id",
                    "remove_invalid_values",
                    "renormalize_logits",
                    "repetition_penalty",
                    "sequence_bias",
                    "stop_strings",
                    "suppress_tokens",
                    "temperature",
                    "top_k",
                    "top_p",
                    "typical_p");

    /**
     * Keys about speed, memory, provenance and what {@code generate} returns. Guesses by another
     * model or by the prompt are among them: the model itself confirms each.
     */
    private static final Set<String> NEUTRAL =
            Set.of(
                    "_from_model_config",
                    "assistant_confidence_threshold",
                    "assistant_early_exit",
                    "assistant_ensemble_weight",
                    "assistant_lookbehind",
                    "cache_config",
                    "cache_implementation",
                    "compile_config",
                    "continuous_batching_config",
                    "disable_compile",
                    "is_assistant",
                    "low_memory",
                    "max_cache_len",
                    "max_matching_ngram_size",
                    "num_assistant_tokens",
                    "num_assistant_tokens_schedule",
                    "output_attentions",
                    "output_hidden_states",
                    "output_logits",
                    "output_scores",
                    "prefill_chunk_size",
                    "prompt_lookup_num_tokens",
                    "return_dict_in_generate",
                    "return_legacy_cache",
                    "speculation_type",
                    "target_lookbehind",
                    "transformers_version",
                    "use_cache",
                    "use_mtp");

    private GenerationKeys() {}

    /** Returns the keys that have a value and of which nothing is known, in order. */
    static Set<String> unknown(JsonObject settings) {
        Set<String> unknown = new TreeSet<>(settings.keySet());
        unknown.removeIf(key -> settings.get(key).isJsonNull());
        unknown.removeAll(FOLLOWED);
        unknown.removeAll(NEUTRAL);
        unknown.removeAll(UNSUPPORTED);
        unknown.removeAll(UNSUPPORTED_NUMBERS.keySet());
        return unknown;
    }
}
