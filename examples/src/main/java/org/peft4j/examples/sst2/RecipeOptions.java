package org.peft4j.examples.sst2;

import java.util.List;
import picocli.CommandLine.Option;

/** Options of single methods. */
final class RecipeOptions {

    @Option(
            names = "--rank",
            defaultValue = "8",
            description = "of LoRA: its rank (${DEFAULT-VALUE})")
    int rank = 8;

    @Option(
            names = "--targets",
            split = ",",
            defaultValue = "all-linear",
            description = "of LoRA: target modules (${DEFAULT-VALUE})")
    List<String> targets = List.of("all-linear");

    @Option(
            names = "--dropout",
            defaultValue = "0",
            description = "of LoRA: dropout of what it reads (${DEFAULT-VALUE})")
    double dropout;

    @Option(
            names = "--virtual-tokens",
            defaultValue = "20",
            description = "of prompts and prefixes: their length (${DEFAULT-VALUE})")
    int virtualTokens = 20;

    /** Of trainable tokens: those that the training examples have most often. */
    List<Integer> frequentTokens = List.of();
}
