package org.peft4j.transformers.parts;

import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.BadFileException;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.ops.WeightOps;
import org.peft4j.core.points.EmbeddingPoint;
import org.peft4j.core.points.InputPoint;
import org.peft4j.core.points.NormPoint;
import org.peft4j.transformers.parts.layers.AttentionMask;
import org.peft4j.transformers.parts.layers.Layer;
import org.peft4j.transformers.parts.rotary.Rotary;
import org.peft4j.transformers.parts.rotary.RotaryKeys;
import org.peft4j.transformers.parts.rotary.RotarySettings;

/**
 * What is the same in all decoders with rotary positions whose modules have the names that Llama
 * gave them ({@code embed_tokens}, {@code layers}, {@code norm}, {@code lm_head}): all but their
 * layers.
 *
 * @param vocabularySize {@code vocab_size}
 * @param hiddenSize the width of the residual stream
 * @param layers {@code num_hidden_layers}
 * @param maxPositions the positions of pretraining
 * @param rope rotary embeddings
 * @param windows for each layer, how many keys a query sees; {@link AttentionMask#NO_WINDOW} for
 *     all
 * @param tied whether the head is the embedding table
 * @param initializerRange the standard deviation of fresh weights
 */
public record RotaryDecoder(
        int vocabularySize,
        int hiddenSize,
        int layers,
        int maxPositions,
        RotarySettings rope,
        List<Integer> windows,
        boolean tied,
        double initializerRange) {

    /** Copies the list. */
    public RotaryDecoder {
        windows = List.copyOf(windows);
    }

    /**
     * What a family assumes where its config is silent.
     *
     * @param maxPositions {@code max_position_embeddings}
     * @param tied {@code tie_word_embeddings}
     * @param rope the spelling of the rotary settings
     */
    public record Defaults(int maxPositions, boolean tied, RotaryKeys rope) {}

    /**
     * How much embeddings and logits are bent, as in Gemma.
     *
     * @param embeddings the factor on embeddings, rounded to the model's dtype; 1 for none
     * @param cap logits are cap · tanh(logits / cap); 0 for none
     */
    public record Scales(double embeddings, double cap) {
        /** Neither is. */
        public static final Scales NONE = new Scales(1, 0);
    }

    /**
     * Reads and checks a config.
     *
     * @param headDim the width of a head
     * @param windows the window of each of so many layers
     * @throws BadFileException if a field is missing or has a value that cannot be; names it
     */
    public static RotaryDecoder read(
            JsonFields config, int headDim, Defaults absent, IntFunction<List<Integer>> windows) {
        int layers = config.positiveInt("num_hidden_layers");
        int maxPositions =
                config.optionalPositiveInt("max_position_embeddings").orElse(absent.maxPositions());
        return new RotaryDecoder(
                config.positiveInt("vocab_size"),
                config.positiveInt("hidden_size"),
                layers,
                maxPositions,
                RotarySettings.read(config, maxPositions, headDim, absent.rope()),
                windows.apply(layers),
                config.optionalBool("tie_word_embeddings").orElse(absent.tied()),
                config.optionalNumber("initializer_range").orElse(0.02));
    }

    /**
     * Builds the model.
     *
     * @param layer makes a layer of a number
     * @param norm makes the last norm at a path
     * @throws BadFileException if the config contradicts the weights
     */
    public DecoderModel build(
            OpenedCheckpoint checkpoint,
            Modules modules,
            Scales scales,
            IntFunction<? extends Layer> layer,
            Function<String, NormPoint> norm) {
        String root = modules.root();
        EmbeddingPoint table =
                DecoderHead.table(modules, root + "embed_tokens", vocabularySize, hiddenSize, tied);
        TokenEmbedding tokens = new TokenEmbedding(table, factor(checkpoint, scales.embeddings()));
        InputPoint input = modules.input(modules.rootPath(), InputPoint.Kind.DECODER, tokens);
        List<? extends Layer> all = IntStream.range(0, layers).mapToObj(layer).toList();
        DecoderStack stack =
                new DecoderStack(
                        tokens,
                        input,
                        DecoderStack.Entrance.PLAIN,
                        new Rotary(checkpoint.door(), rope),
                        all,
                        windows,
                        DecoderStack.Exit.norm(norm.apply(root + "norm")));
        return new DecoderModel(
                checkpoint,
                modules,
                new FrozenBase.Sizes(hiddenSize, vocabularySize, layers, maxPositions),
                stack,
                DecoderHead.of(modules, table, tied, scales.cap(), "score", initializerRange));
    }

    private static @Nullable Tensor factor(OpenedCheckpoint checkpoint, double factor) {
        if (factor == 1) {
            return null;
        }
        WeightOps ops = checkpoint.door().weights();
        try (Tensor wide = ops.floats(new float[] {(float) factor}, 1)) {
            return ops.cast(wide, checkpoint.dtype());
        }
    }
}
