package org.peft4j.core;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.files.AdapterDirectory;
import org.peft4j.core.files.AdapterTensors;
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
     * @param batch the tokens; for an encoder-decoder those of the decoder, with their {@link
     *     TokenBatch#source}, which the first pass with a cache reads and later ones need not have
     * @param cache what earlier passes left and this one extends; or null
     * @return the hidden states after the last norm, [rows, length, hidden size]; longer than the
     *     batch where an adapter put virtual tokens before it
     */
    Tensor hiddenStates(ForwardContext context, TokenBatch batch, @Nullable DecodingCache cache);

    /**
     * Runs the head.
     *
     * @param context the pass
     * @param hidden [rows, length, hidden size]; all that {@link #hiddenStates} gave, or, for the
     *     tasks of language modelling, any positions of it
     * @param batch the tokens that the hidden states are of
     * @return in the model's dtype: CAUSAL_LM and SEQ_2_SEQ_LM [rows, length, vocabulary], SEQ_CLS
     *     [rows, labels], TOKEN_CLS [rows, length, labels], QUESTION_ANS [rows, length, 2], the
     *     logits of the first and the last token of the answer, FEATURE_EXTRACTION the hidden
     *     states themselves
     */
    Tensor logits(ForwardContext context, Tensor hidden, TokenBatch batch);

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
     * Returns how many terms {@link #loss} sums over: positions, rows, or decisions.
     *
     * @param batch the tokens, with labels
     */
    long lossCount(TokenBatch batch);

    /**
     * Returns how many terms {@link #loss} sums over in a pass, whose adapters may give more tokens
     * something that comes before them: virtual tokens predict the first token of a row.
     *
     * @param context the pass
     * @param batch the tokens, with labels
     */
    default long lossCount(ForwardContext context, TokenBatch batch) {
        return lossCount(batch);
    }

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
     * Returns what the decoder begins with, where the base is an encoder-decoder: generation and
     * training need it. Where the task is to predict no text ({@code SEQ_CLS}, {@code
     * QUESTION_ANS}, {@code FEATURE_EXTRACTION}) a batch without a source is the encoder's, and the
     * base itself lets the decoder read it one position late.
     */
    default Optional<DecoderStart> decoderStart() {
        return Optional.empty();
    }

    /**
     * Returns the names of the task head's modules, as in {@code modules_to_save}. Every adapter on
     * this base trains and saves copies of them, because the pretrained weights know nothing of the
     * task. A name may be one that only other families have: peft writes it all the same.
     */
    default List<String> headModules() {
        return List.of();
    }

    /** Returns the names of a classifier's classes, in the order of the logits; else empty. */
    default List<String> labels() {
        return List.of();
    }

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

    /**
     * Returns how many tokens the model has as it was published; {@link ModelInfo#vocabularySize}
     * is another number where it was resized.
     */
    default long publishedVocabularySize() {
        return info().vocabularySize();
    }

    /**
     * Returns this model with another number of tokens, as {@code resize_token_embeddings} of
     * {@code transformers} makes it: a base of its own, which the caller closes. This one and its
     * adapters stay as they are. New tokens start as the mean of the others.
     *
     * @param size how many tokens, such as those of a tokenizer that got new ones
     * @throws PeftException if it is not positive
     */
    default BaseModel resizeTokenEmbeddings(int size) {
        return resizeTokenEmbeddings(VocabularySize.of(size));
    }

    /**
     * Returns this model with as many tokens as an adapter was trained with, as far as its file
     * tells: a base of its own, which the caller closes.
     *
     * @param adapter the adapter's directory
     * @throws PeftException if a file is bad, or this kind of base cannot be resized
     */
    default BaseModel resizeTokenEmbeddings(Path adapter) {
        AdapterTensors file = AdapterTensors.of(AdapterDirectory.open(adapter).weights());
        return resizeTokenEmbeddings(
                new FrozenCopies(this, new StoredTensors(this, file)).tokens());
    }

    /**
     * Returns this model with another number of tokens: a base of its own, which the caller closes.
     * This one and its adapters stay as they are. Tokens that the model has as published keep their
     * rows in every table of the vocabulary; the weights that are not resized are shared with this
     * base where they are mapped from its files.
     *
     * <p>An adapter that is trained on it saves the tables with it, as peft does.
     *
     * @param size how many tokens, and how new ones start
     * @throws PeftException if this kind of base cannot be resized
     */
    default BaseModel resizeTokenEmbeddings(VocabularySize size) {
        throw new PeftException("the vocabulary of " + info().nameOrPath() + " cannot be resized.");
    }

    /**
     * Frees the weights and every tensor of the door, as soon as nobody computes with them: passes
     * that run are waited for, later ones refused (see {@link Lifetime}).
     */
    @Override
    void close();
}
