package org.peft4j.core;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.ops.OperatorDoor;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.EmbeddingPoint;
import org.peft4j.core.points.LinearPoint;

/**
 * A frozen transformer with a task head.
 *
 * <p>A base knows its architecture and no fine-tuning method: in a forward pass it hands what flows
 * to its injection points and goes on with what they return. It is safe for many threads, each with
 * its own {@link ForwardContext}.
 */
public interface BaseModel extends AutoCloseable {

    /** Returns what is known of this model without running it. */
    ModelInfo info();

    /** Returns its {@code config.json}; do not change it. */
    JsonObject config();

    /** Returns where methods may act. */
    InjectionPoints points();

    /** Returns the operators of the device that the weights are on. */
    OperatorDoor door();

    /**
     * Runs the transformer up to its head.
     *
     * @param context the pass
     * @param batch the tokens
     * @param cache what earlier passes left and this one extends; or null
     * @return the hidden states after the last norm, [rows, length, hidden size]
     */
    Tensor hiddenStates(ForwardContext context, TokenBatch batch, @Nullable DecodingCache cache);

    /**
     * Runs the head.
     *
     * @param context the pass
     * @param hidden [rows, length, hidden size]
     * @return logits, [rows, length, vocabulary], in the model's dtype
     */
    Tensor logits(ForwardContext context, Tensor hidden);

    /**
     * Computes the task's loss, only where the batch has labels.
     *
     * @param context the pass
     * @param batch the tokens, with labels
     * @param scale the factor of the loss in the gradient, such as 1 / labels in the whole step;
     *     the returned value is not scaled
     */
    TaskLoss loss(ForwardContext context, TokenBatch batch, double scale);

    /**
     * Returns how many positions of a batch {@link #loss} sums over.
     *
     * @param batch the tokens, with labels
     */
    long lossCount(TokenBatch batch);

    /**
     * Makes an empty cache for decoding.
     *
     * @param rows the batch
     * @param capacity the most positions that it will hold
     */
    DecodingCache newCache(int rows, int capacity);

    /**
     * Writes a checkpoint directory that Hugging Face's {@code transformers} opens: this model's
     * files, with changed weights in place of its own. Weights are streamed; nothing at the target
     * is lost if writing fails.
     *
     * @param directory where to; created if needed
     * @param changed the weights to write instead of the frozen ones
     */
    void write(Path directory, WeightOverlay changed);

    /**
     * Returns the names of the tensors that the base ties to another, as {@code lm_head.weight}.
     */
    Set<String> tiedWeights();

    /**
     * Returns the linears whose weight is tied to an embedding, such as {@code lm_head}.
     *
     * @param embedding the embedding that holds the table
     */
    default List<LinearPoint> tiedTo(EmbeddingPoint embedding) {
        return points().of(LinearPoint.class).stream()
                .filter(point -> tiedWeights().contains(point.path() + ".weight"))
                .filter(point -> point.out() == embedding.vocabulary())
                .filter(point -> point.in() == embedding.width())
                .toList();
    }

    /** Frees the weights and every tensor of the door. */
    @Override
    void close();
}
