package org.peft4j.transformers.parts;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.DecodingCache;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.SequenceLayout;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.ops.AttentionOps;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Scope;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.InputFlow;
import org.peft4j.core.points.InputPoint;
import org.peft4j.core.points.NormPoint;
import org.peft4j.transformers.parts.cache.KeyValueCache;
import org.peft4j.transformers.parts.layers.AttentionCore;
import org.peft4j.transformers.parts.layers.AttentionMask;
import org.peft4j.transformers.parts.layers.CrossAttention;
import org.peft4j.transformers.parts.layers.Layer;
import org.peft4j.transformers.parts.layers.RelativePositions;
import org.peft4j.transformers.parts.rotary.Rotary;

/**
 * A decoder: embedded tokens, one layer after the other with a cache, a last norm.
 *
 * @param embedding embeds the ids
 * @param input where methods change the embedded sequence
 * @param entrance what happens between there and the first layer, as learned positions
 * @param rotary rotary positions, or null
 * @param relative relative positions, or null
 * @param layers the layers, in order
 * @param windows for each layer, how many keys a query sees; {@link AttentionMask#NO_WINDOW} for
 *     all
 * @param exit the last norm
 * @param readsPadding whether the hidden states of padding are read too, so that they must be what
 *     {@code transformers} makes of it
 */
public record DecoderStack(
        TokenEmbedding embedding,
        InputPoint input,
        Entrance entrance,
        @Nullable Rotary rotary,
        @Nullable RelativePositions relative,
        List<? extends Layer> layers,
        List<Integer> windows,
        Exit exit,
        boolean readsPadding) {

    /** What comes before the first layer. */
    @FunctionalInterface
    public interface Entrance {

        /** The embedded sequence as it is. */
        Entrance PLAIN = (context, flow, positions, batch) -> flow.embeddings();

        /**
         * Maps the embedded sequence to what the first layer reads.
         *
         * @param flow [batch, length, width], with the virtual tokens of methods
         * @param positions from 0, [rows, length]
         * @param batch the tokens that came in
         */
        Tensor enter(ForwardContext context, InputFlow flow, long[] positions, TokenBatch batch);

        /** Returns whether it tells token types apart; if not, a batch must have none. */
        default boolean readsTypes() {
            return false;
        }
    }

    /** What comes after the last layer. */
    @FunctionalInterface
    public interface Exit {
        /** Maps x, [batch, length, width], to the hidden states. */
        Tensor leave(ForwardContext context, Tensor x);

        /** A norm. */
        static Exit norm(NormPoint norm) {
            return norm::forward;
        }
    }

    /** A decoder whose padding nobody reads. */
    public DecoderStack(
            TokenEmbedding embedding,
            InputPoint input,
            Entrance entrance,
            @Nullable Rotary rotary,
            @Nullable RelativePositions relative,
            List<? extends Layer> layers,
            List<Integer> windows,
            Exit exit) {
        this(embedding, input, entrance, rotary, relative, layers, windows, exit, false);
    }

    /** A decoder without relative positions. */
    public DecoderStack(
            TokenEmbedding embedding,
            InputPoint input,
            Entrance entrance,
            @Nullable Rotary rotary,
            List<? extends Layer> layers,
            List<Integer> windows,
            Exit exit) {
        this(embedding, input, entrance, rotary, null, layers, windows, exit);
    }

    /** Copies the lists. */
    public DecoderStack {
        layers = List.copyOf(layers);
        windows = List.copyOf(windows);
        if (windows.size() != layers.size()) {
            throw new IllegalArgumentException("every layer needs a window");
        }
        if (relative != null && windows.stream().anyMatch(w -> w != AttentionMask.NO_WINDOW)) {
            throw new IllegalArgumentException("relative positions go without windows");
        }
    }

    /** Returns the same decoder for those who read the hidden states of padding too. */
    DecoderStack readingPadding() {
        return new DecoderStack(
                embedding, input, entrance, rotary, relative, layers, windows, exit, true);
    }

    /**
     * Runs the decoder.
     *
     * @param cache what this kind of base made, or null
     * @return the hidden states, [rows, length, width]
     */
    public Tensor forward(ForwardContext context, TokenBatch batch, @Nullable DecodingCache cache) {
        return forward(context, batch, cache, null);
    }

    /**
     * Runs the decoder of an encoder-decoder.
     *
     * @param encoded what the encoder read
     */
    public Tensor forward(
            ForwardContext context,
            TokenBatch batch,
            @Nullable DecodingCache cache,
            CrossAttention.@Nullable Encoded encoded) {
        if (!entrance.readsTypes()) {
            TokenTypes.refuse(batch);
        }
        KeyValueCache past = KeyValueCache.from(cache);
        Ops ops = context.ops();
        try (Scope scope = ops.scope()) {
            SequenceLayout own = past == null ? batch.layout() : past.known(batch.layout());
            InputFlow flow =
                    input.forward(
                            context, InputFlow.of(embedding.forward(context, batch), own, batch));
            SequenceLayout layout = flow.layout();
            int keys = KeyValueCache.begin(past, context, batch.layout(), layout.length());
            long[] positions = readsPadding ? layout.positionsOfAll() : layout.positions();
            Tensor x = entrance.enter(context, flow, positions, batch);
            AttentionOps.@Nullable RotaryTable turns =
                    rotary == null ? null : rotary.table(ops, layout, positions, x);
            List<AttentionMask> masks = masks(context, layout, keys);
            for (int i = 0; i < layers.size(); i++) {
                KeyValueCache.@Nullable Layer kept = past == null ? null : past.layer(i);
                AttentionCore.Step step =
                        new AttentionCore.Step(turns, masks.get(i), kept, encoded);
                Tensor next = layers.get(i).forward(context, x, step);
                x.close();
                x = next;
            }
            if (past != null) {
                if (batch.layout().past() == 0) {
                    past.keepVirtual(layout, layout.length() - batch.length());
                }
                past.advance(layout.length());
            }
            return scope.keep(exit.leave(context, x));
        }
    }

    /** The mask of each layer; those with the same window share one. */
    private List<AttentionMask> masks(ForwardContext context, SequenceLayout layout, int keys) {
        Ops ops = context.ops();
        Tensor like = input.table().table();
        if (relative != null) {
            Tensor bias = relative.bias(context, layout);
            AttentionMask mask = AttentionMask.causalWithBias(ops, layout, keys, bias);
            return Collections.nCopies(layers.size(), mask);
        }
        Map<Integer, AttentionMask> byWindow = new HashMap<>();
        List<AttentionMask> masks = new ArrayList<>();
        for (int window : windows) {
            masks.add(
                    byWindow.computeIfAbsent(
                            window,
                            w ->
                                    readsPadding
                                            ? AttentionMask.strictlyCausal(
                                                    ops, layout, keys, w, like)
                                            : AttentionMask.causal(ops, layout, keys, w, like)));
        }
        return masks;
    }
}
