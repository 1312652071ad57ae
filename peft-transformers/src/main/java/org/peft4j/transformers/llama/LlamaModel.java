package org.peft4j.transformers.llama;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.DecodingCache;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.ModelInfo;
import org.peft4j.core.SequenceLayout;
import org.peft4j.core.TaskType;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Scope;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.EmbeddingPoint;
import org.peft4j.core.points.InputFlow;
import org.peft4j.core.points.InputPoint;
import org.peft4j.core.points.LinearPoint;
import org.peft4j.core.points.LinearRole;
import org.peft4j.core.points.LinearWeights;
import org.peft4j.core.points.NormPoint;
import org.peft4j.transformers.parts.AttentionCore;
import org.peft4j.transformers.parts.AttentionMask;
import org.peft4j.transformers.parts.CausalHead;
import org.peft4j.transformers.parts.FrozenBase;
import org.peft4j.transformers.parts.KeyValueCache;
import org.peft4j.transformers.parts.Modules;
import org.peft4j.transformers.parts.OpenedCheckpoint;
import org.peft4j.transformers.parts.Rotary;
import org.peft4j.transformers.parts.TokenEmbedding;

/** A decoder of the Llama family with a language-modelling head. */
public final class LlamaModel extends FrozenBase {

    private static final String HEAD = "lm_head";
    private static final String TABLE = "model.embed_tokens";

    private final LlamaConfig config;
    private final TokenEmbedding embedding;
    private final InputPoint input;
    private final Rotary rotary;
    private final List<LlamaLayer> layers;
    private final NormPoint norm;

    private LlamaModel(
            OpenedCheckpoint checkpoint,
            LlamaConfig config,
            Modules modules,
            EmbeddingPoint table,
            InputPoint input,
            List<LlamaLayer> layers,
            NormPoint norm,
            LinearPoint head) {
        super(
                checkpoint,
                modules.points(),
                new ModelInfo(
                        config.modelType(),
                        checkpoint.name(),
                        TaskType.CAUSAL_LM,
                        checkpoint.dtype(),
                        config.hiddenSize(),
                        config.vocabularySize(),
                        config.layers(),
                        modules.parameters()),
                new CausalHead(head),
                config.tied() ? Map.of(HEAD + ".weight", TABLE + ".weight") : Map.of());
        this.config = config;
        this.embedding = new TokenEmbedding(table);
        this.input = input;
        this.rotary = new Rotary(checkpoint.door(), config.headDim(), config.rope());
        this.layers = layers;
        this.norm = norm;
    }

    /**
     * Builds the model of a checkpoint.
     *
     * @throws org.peft4j.core.BadFileException if the config is wrong, or contradicts the weights
     */
    public static LlamaModel open(OpenedCheckpoint checkpoint) {
        LlamaConfig config = LlamaConfig.read(checkpoint.files().configFields());
        Modules modules = new Modules(checkpoint.weights());
        int width = config.hiddenSize();
        EmbeddingPoint table = modules.embedding(TABLE, config.vocabularySize(), width);
        InputPoint input = modules.input("model", width);
        List<LlamaLayer> layers =
                IntStream.range(0, config.layers())
                        .mapToObj(index -> LlamaLayer.of(modules, config, index))
                        .toList();
        NormPoint norm = modules.rmsNorm("model.norm", width, config.epsilon());
        LinearRole role = LinearRole.OUTPUT_EMBEDDING;
        LinearPoint head =
                config.tied()
                        ? modules.linear(HEAD, role, new LinearWeights(table.table(), null))
                        : modules.linear(HEAD, role, config.vocabularySize(), width, false);
        return new LlamaModel(checkpoint, config, modules, table, input, layers, norm, head);
    }

    @Override
    public Tensor hiddenStates(
            ForwardContext context, TokenBatch batch, @Nullable DecodingCache cache) {
        KeyValueCache past = KeyValueCache.from(cache);
        Ops ops = context.ops();
        try (Scope scope = ops.scope()) {
            InputFlow flow =
                    input.forward(
                            context,
                            new InputFlow(embedding.forward(context, batch), batch.layout()));
            SequenceLayout layout = flow.layout();
            int keys = KeyValueCache.begin(past, context, batch.layout(), layout.length());
            Tensor x = flow.embeddings();
            Ops.RotaryTable turns = rotary.table(ops, layout, x);
            List<AttentionMask> masks = masks(ops, layout, keys, x);
            for (int i = 0; i < layers.size(); i++) {
                KeyValueCache.@Nullable Layer kept = past == null ? null : past.layer(i);
                Tensor next =
                        layers.get(i)
                                .forward(
                                        context,
                                        x,
                                        new AttentionCore.Step(turns, masks.get(i), kept));
                x.close();
                x = next;
            }
            if (past != null) {
                past.advance(layout.length());
            }
            return scope.keep(norm.forward(context, x));
        }
    }

    /** The mask of each layer; those with the same window share one. */
    private List<AttentionMask> masks(Ops ops, SequenceLayout layout, int keys, Tensor like) {
        Map<Integer, AttentionMask> byWindow = new HashMap<>();
        List<AttentionMask> masks = new ArrayList<>();
        for (int window : config.windows()) {
            masks.add(
                    byWindow.computeIfAbsent(
                            window, w -> AttentionMask.causal(ops, layout, keys, w, like)));
        }
        return masks;
    }

    @Override
    public DecodingCache newCache(int rows, int capacity) {
        return new KeyValueCache(
                door().weights(),
                info().dtype(),
                config.layers(),
                config.keyValueHeads(),
                config.headDim(),
                rows,
                capacity);
    }
}
