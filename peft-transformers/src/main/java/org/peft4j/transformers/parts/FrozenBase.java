package org.peft4j.transformers.parts;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.BaseModel;
import org.peft4j.core.DecodingCache;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.InjectionPoints;
import org.peft4j.core.ModelInfo;
import org.peft4j.core.TaskLoss;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.WeightOverlay;
import org.peft4j.core.ops.OperatorDoor;
import org.peft4j.core.ops.Tensor;

/** What all families share: everything of a base but its layers. */
public abstract class FrozenBase implements BaseModel {

    private final OpenedCheckpoint checkpoint;
    private final JsonObject config;
    private final InjectionPoints points;
    private final ModelInfo info;
    private final TaskHead head;
    private final Map<String, String> ties;

    /**
     * Completes a base.
     *
     * @param checkpoint what it was opened from; closed with the base
     * @param points where methods may act
     * @param info what is known of it
     * @param head its task head
     * @param ties for a tensor that is another one's, the name of that other
     */
    protected FrozenBase(
            OpenedCheckpoint checkpoint,
            InjectionPoints points,
            ModelInfo info,
            TaskHead head,
            Map<String, String> ties) {
        this.checkpoint = checkpoint;
        this.config = checkpoint.files().config();
        this.points = points;
        this.info = info;
        this.head = head;
        this.ties = Map.copyOf(ties);
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
    public final InjectionPoints points() {
        return points;
    }

    @Override
    public final OperatorDoor door() {
        return checkpoint.door();
    }

    @Override
    public final Set<String> tiedWeights() {
        return ties.keySet();
    }

    @Override
    public abstract Tensor hiddenStates(
            ForwardContext context, TokenBatch batch, @Nullable DecodingCache cache);

    @Override
    public final Tensor logits(ForwardContext context, Tensor hidden) {
        return head.logits(context, hidden);
    }

    @Override
    public final TaskLoss loss(ForwardContext context, TokenBatch batch, double scale) {
        if (lossCount(batch) == 0) {
            return new TaskLoss(0, 0, null, null);
        }
        return head.loss(context, hiddenStates(context, batch, null), batch, scale);
    }

    @Override
    public final long lossCount(TokenBatch batch) {
        return head.lossCount(batch);
    }

    @Override
    public final void write(Path directory, WeightOverlay changed) {
        new CheckpointWriter(checkpoint, ties, changed)
                .write(directory, CheckpointWriter.LARGEST_FILE);
    }

    @Override
    public final void close() {
        door().close();
    }
}
