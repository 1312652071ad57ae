package org.peft4j.transformers.families.opt;

import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.BadFileException;
import org.peft4j.core.BaseModel;
import org.peft4j.core.SequenceLayout;
import org.peft4j.core.TaskType;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.EmbeddingPoint;
import org.peft4j.core.points.InputFlow;
import org.peft4j.core.points.InputPoint;
import org.peft4j.core.points.LinearPoint;
import org.peft4j.core.points.LinearRole;
import org.peft4j.core.points.NormPoint;
import org.peft4j.transformers.heads.HeadConfig;
import org.peft4j.transformers.parts.DecoderHead;
import org.peft4j.transformers.parts.DecoderModel;
import org.peft4j.transformers.parts.DecoderStack;
import org.peft4j.transformers.parts.FrozenBase.Sizes;
import org.peft4j.transformers.parts.LearnedPositions;
import org.peft4j.transformers.parts.Modules;
import org.peft4j.transformers.parts.OpenedCheckpoint;
import org.peft4j.transformers.parts.TokenEmbedding;
import org.peft4j.transformers.parts.layers.Layer;
import org.peft4j.transformers.parts.layers.LayerWindows;

/** Builds OPT. */
public final class OptModel {

    /** The row of the first position. */
    private static final int OFFSET = 2;

    private static final Set<TaskType> TASKS =
            Set.of(
                    TaskType.CAUSAL_LM,
                    TaskType.SEQ_CLS,
                    TaskType.QUESTION_ANS,
                    TaskType.FEATURE_EXTRACTION);

    private final Modules modules;
    private final OptConfig config;
    private final String path;

    private OptModel(Modules modules, OptConfig config) {
        this.modules = modules;
        this.config = config;
        this.path = modules.root() + "decoder";
    }

    /**
     * Builds the model of a checkpoint.
     *
     * @throws BadFileException if the config is wrong, or contradicts the weights
     */
    public static BaseModel open(OpenedCheckpoint checkpoint) {
        OptConfig config = OptConfig.read(checkpoint.files().configFields());
        HeadConfig head = checkpoint.head(TaskType.CAUSAL_LM, TASKS);
        return new OptModel(new Modules(checkpoint, head, "model"), config).build(checkpoint);
    }

    private DecoderModel build(OpenedCheckpoint checkpoint) {
        int width = config.hiddenSize();
        EmbeddingPoint table =
                DecoderHead.table(
                        modules,
                        path + ".embed_tokens",
                        config.vocabularySize(),
                        config.embeddingSize(),
                        config.tied());
        TokenEmbedding tokens = new TokenEmbedding(table);
        InputPoint input = modules.input(path, InputPoint.Kind.DECODER, tokens);
        DecoderStack.Entrance entrance = entrance(width);
        List<? extends Layer> layers =
                IntStream.range(0, config.layers())
                        .mapToObj(i -> OptLayers.layer(modules, config, path + ".layers." + i, i))
                        .toList();
        DecoderStack stack =
                new DecoderStack(
                        tokens,
                        input,
                        entrance,
                        null,
                        layers,
                        LayerWindows.none(config.layers()),
                        exit(width));
        return new DecoderModel(
                checkpoint,
                modules,
                new Sizes(width, config.vocabularySize(), config.layers(), config.positions()),
                stack,
                DecoderHead.of(
                        modules, table, config.tied(), "classifier", config.initializerRange()));
    }

    /** Embeddings become as wide as the stream before positions are added. */
    private DecoderStack.Entrance entrance(int width) {
        @Nullable LinearPoint project =
                config.projects()
                        ? modules.linear(
                                path + ".project_in",
                                LinearRole.OTHER,
                                width,
                                config.embeddingSize(),
                                false)
                        : null;
        LearnedPositions positions =
                new LearnedPositions(
                        modules.shiftedEmbedding(
                                path + ".embed_positions",
                                (long) config.positions() + OFFSET,
                                width),
                        OFFSET);
        return (context, flow, places, batch) -> {
            InputFlow wide =
                    project == null
                            ? flow
                            : new InputFlow(
                                    project.forward(context, flow.embeddings()), flow.layout());
            return positions.enter(context, wide, paddingFirst(flow.layout(), places), batch);
        };
    }

    /** Padding is at −1, wherever it is, as in {@code transformers}. */
    private static long[] paddingFirst(SequenceLayout layout, long[] positions) {
        return IntStream.range(0, positions.length)
                .mapToLong(i -> layout.isPadding(i) ? -1 : positions[i])
                .toArray();
    }

    private DecoderStack.Exit exit(int width) {
        @Nullable NormPoint norm =
                config.lastNorm() ? config.norm(modules, path + ".final_layer_norm") : null;
        @Nullable LinearPoint project =
                config.projects()
                        ? modules.linear(
                                path + ".project_out",
                                LinearRole.OTHER,
                                config.embeddingSize(),
                                width,
                                false)
                        : null;
        return (context, x) -> {
            Tensor normed = norm == null ? x : norm.forward(context, x);
            return project == null ? normed : project.forward(context, normed);
        };
    }
}
