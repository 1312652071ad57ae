package org.peft4j.transformers.parts;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.BaseModel;
import org.peft4j.core.DecodingCache;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.InjectionPoints;
import org.peft4j.core.ModelInfo;
import org.peft4j.core.TaskLoss;
import org.peft4j.core.TaskType;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.VocabularySize;
import org.peft4j.core.WeightOverlay;
import org.peft4j.core.ops.OperatorDoor;
import org.peft4j.core.ops.Tensor;
import org.peft4j.transformers.heads.TaskHead;

/** What all families share: everything of a base but its layers. */
public abstract class FrozenBase implements BaseModel {

    private final OpenedCheckpoint checkpoint;
    private final JsonObject config;
    private final Modules modules;
    private final InjectionPoints points;
    private final ModelInfo info;
    private final TaskHead head;
    private final Ties ties;

    /**
     * Sizes of a base.
     *
     * @param hiddenSize the width of the residual stream
     * @param vocabulary rows of the input embedding
     * @param layers transformer layers
     * @param maxPositions the most positions of a sequence, 0 for any number
     */
    public record Sizes(long hiddenSize, long vocabulary, int layers, int maxPositions) {}

    /**
     * Completes a base.
     *
     * @param checkpoint what it was opened from; closed with the base
     * @param modules where methods may act
     * @param sizes of the transformer
     * @param head its task head
     * @param ties for a tensor that is another one's, the name of that other
     */
    protected FrozenBase(
            OpenedCheckpoint checkpoint,
            Modules modules,
            Sizes sizes,
            TaskHead head,
            Map<String, String> ties) {
        this(checkpoint, modules, sizes, head, Ties.ofWords(ties));
    }

    /**
     * Completes a base.
     *
     * @param ties which tensors are others
     */
    protected FrozenBase(
            OpenedCheckpoint checkpoint, Modules modules, Sizes sizes, TaskHead head, Ties ties) {
        this.checkpoint = checkpoint;
        this.config = checkpoint.files().config();
        this.modules = modules;
        this.points = modules.points();
        this.info =
                new ModelInfo(
                        checkpoint.files().configFields().string("model_type"),
                        checkpoint.name(),
                        head.task(),
                        checkpoint.dtype(),
                        sizes.hiddenSize(),
                        sizes.vocabulary(),
                        sizes.layers(),
                        modules.parameters(),
                        sizes.maxPositions());
        this.head = head;
        this.ties = ties;
    }

    @Override
    public final ModelInfo info() {
        return info;
    }

    @Override
    public final JsonObject config() {
        return config;
    }

    @Override
    public final long publishedVocabularySize() {
        return checkpoint.vocabulary().published();
    }

    @Override
    public final BaseModel resizeTokenEmbeddings(VocabularySize size) {
        return checkpoint.vocabulary().resize().apply(size);
    }

    @Override
    public final InjectionPoints points() {
        return points;
    }

    @Override
    public final OperatorDoor door() {
        return checkpoint.door();
    }

    @Override
    public final Set<String> tiedWeights() {
        return ties.sources().keySet();
    }

    @Override
    public abstract Tensor hiddenStates(
            ForwardContext context, TokenBatch batch, @Nullable DecodingCache cache);

    @Override
    public final Tensor logits(ForwardContext context, Tensor hidden, TokenBatch batch) {
        return head.logits(context, hidden, batch);
    }

    @Override
    public final List<String> labels() {
        boolean classifies = head.task() == TaskType.SEQ_CLS || head.task() == TaskType.TOKEN_CLS;
        return classifies ? modules.head().labels() : List.of();
    }

    @Override
    public final List<String> headModules() {
        return head.modules();
    }

    @Override
    public final TaskLoss loss(ForwardContext context, TokenBatch batch, double scale) {
        if (lossCount(context, batch) == 0) {
            return new TaskLoss(0, 0, null, null);
        }
        return head.loss(context, hiddenStates(context, batch, null), batch, scale);
    }

    @Override
    public final long lossCount(TokenBatch batch) {
        return head.lossCount(batch);
    }

    @Override
    public final long lossCount(ForwardContext context, TokenBatch batch) {
        return head.lossCount(context, batch);
    }

    @Override
    public final void write(Path directory, WeightOverlay changed) {
        door().lifetime()
                .during(
                        () -> {
                            writeOpen(directory, changed);
                            return directory;
                        });
    }

    private void writeOpen(Path directory, WeightOverlay changed) {
        List<Tensor> made = new ArrayList<>();
        try {
            new CheckpointWriter(checkpoint, modules, ties, asStored(changed, made))
                    .write(directory, CheckpointWriter.LARGEST_FILE);
        } finally {
            made.forEach(Tensor::close);
        }
    }

    /**
     * Returns the changes as a file has them, where one module stands for several.
     *
     * @param changed by point
     * @param made takes tensors to close afterwards
     */
    protected WeightOverlay asStored(WeightOverlay changed, List<Tensor> made) {
        return changed;
    }

    @Override
    public final void close() {
        door().close();
    }
}
