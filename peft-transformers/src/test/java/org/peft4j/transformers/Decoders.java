package org.peft4j.transformers;

import java.util.List;
import java.util.stream.Stream;

/** The fixtures of decoders, for parameterised tests. */
final class Decoders {

    private Decoders() {}

    /** Every one that has golden outputs in float32. */
    static Stream<String> all() {
        return Stream.concat(
                Stream.of(
                        "llama-sharded",
                        "llama-linear-rope",
                        "llama-dynamic-rope",
                        "qwen2",
                        "qwen3-window"),
                oneOfEachKind());
    }

    /** One of each way to compute a layer or to lay out a checkpoint. */
    static Stream<String> oneOfEachKind() {
        return Stream.of(
                "llama",
                "llama-tied-scaled",
                "mistral",
                "qwen2-window",
                "qwen3",
                "gemma",
                "gemma2",
                "phi3",
                "phi3-longrope",
                "gpt2",
                "gpt2-scaled",
                "gpt-neox",
                "gpt-neox-sequential",
                "opt",
                "opt-projected");
    }

    /** One of each kind, but for what turns its keys otherwise once the sequence is longer. */
    static Stream<String> withKeysThatStay() {
        return oneOfEachKind().filter(name -> !name.equals("phi3-longrope"));
    }

    /** Those with a config.json in the spelling of transformers 4. */
    static Stream<String> withOldConfig() {
        return Stream.of(
                "llama-tied-scaled",
                "qwen3-window",
                "gemma",
                "gemma2",
                "phi3",
                "phi3-longrope",
                "gpt-neox",
                "gpt-neox-sequential");
    }

    /** Those with older names of tensors, each with the fixture that has today's. */
    static Stream<List<String>> withOldNames() {
        return Stream.of(
                List.of("gpt2-legacy", "gpt2"),
                List.of("gpt-neox-legacy", "gpt-neox-sequential"),
                List.of("opt-bare", "opt"),
                List.of("qwen3-bare", "qwen3"));
    }
}
