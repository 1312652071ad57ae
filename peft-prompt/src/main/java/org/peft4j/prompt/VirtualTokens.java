package org.peft4j.prompt;

import com.google.gson.JsonObject;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftException;
import org.peft4j.core.TaskType;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.points.AttentionPoint;
import org.peft4j.core.points.InputPoint;
import org.peft4j.prompt.internal.Inputs;

/**
 * How many virtual tokens there are and what the base makes of them: what all of peft's prompt
 * methods have in their config. What is null is settled for the base.
 *
 * @param count {@code num_virtual_tokens}, from 1 up
 * @param tokenDim {@code token_dim}, the width of a virtual token
 * @param submodules {@code num_transformer_submodules}: 2 where encoder and decoder each have
 *     virtual tokens of their own, else 1
 * @param attentionHeads {@code num_attention_heads}
 * @param layers {@code num_layers}
 */
public record VirtualTokens(
        int count,
        @Nullable Integer tokenDim,
        @Nullable Integer submodules,
        @Nullable Integer attentionHeads,
        @Nullable Integer layers) {

    /** Checks every number. */
    public VirtualTokens {
        requirePositive("num_virtual_tokens", count);
        requirePositive("token_dim", tokenDim);
        requirePositive("num_attention_heads", attentionHeads);
        requirePositive("num_layers", layers);
        if (submodules != null && submodules != 1 && submodules != 2) {
            throw new PeftException(
                    "num_transformer_submodules must be 1 or 2 but is " + submodules + ".");
        }
    }

    private static void requirePositive(String what, @Nullable Integer value) {
        if (value != null && value < 1) {
            throw new PeftException(what + " must be 1 or more but is " + value + ".");
        }
    }

    /** A number of virtual tokens; the base decides the rest. */
    public static VirtualTokens of(int count) {
        return new VirtualTokens(count, null, null, null, null);
    }

    /** Returns the same settings for a number of submodules. */
    public VirtualTokens withSubmodules(int number) {
        return new VirtualTokens(count, tokenDim, number, attentionHeads, layers);
    }

    /** Reads the keys of a config. */
    public static VirtualTokens read(JsonFields json) {
        return new VirtualTokens(
                json.positiveInt("num_virtual_tokens"),
                orNull(json.optionalPositiveInt("token_dim")),
                orNull(json.optionalPositiveInt("num_transformer_submodules")),
                orNull(json.optionalPositiveInt("num_attention_heads")),
                orNull(json.optionalPositiveInt("num_layers")));
    }

    private static @Nullable Integer orNull(OptionalInt value) {
        return value.isPresent() ? value.getAsInt() : null;
    }

    /** Writes the keys of a config. */
    public void writeTo(JsonObject json) {
        json.addProperty("num_virtual_tokens", count);
        json.addProperty("token_dim", tokenDim);
        json.addProperty("num_transformer_submodules", submodules);
        json.addProperty("num_attention_heads", attentionHeads);
        json.addProperty("num_layers", layers);
    }

    /**
     * Settles what is open, as peft does: the width of the input, the heads and layers of the
     * encoder or else of the decoder, and two submodules where an encoder-decoder writes text.
     *
     * @throws PeftException if the width is not that of the base's input, or there are two
     *     submodules but no encoder and decoder
     */
    public VirtualTokens settledFor(BaseModel base) {
        InputPoint input = Inputs.first(base.points());
        AttentionPoint attention = base.points().of(AttentionPoint.class).get(0);
        int usual = base.info().task() == TaskType.SEQ_2_SEQ_LM ? 2 : 1;
        VirtualTokens settled =
                new VirtualTokens(
                        count,
                        tokenDim == null ? Math.toIntExact(input.width()) : tokenDim,
                        submodules == null ? usual : submodules,
                        attentionHeads == null ? attention.heads() : attentionHeads,
                        layers == null ? base.info().layers() : layers);
        settled.requireFits(base, input);
        return settled;
    }

    private void requireFits(BaseModel base, InputPoint input) {
        if (width() != input.width()) {
            throw new PeftException(
                    "token_dim is "
                            + tokenDim
                            + ", but the input of this base ("
                            + base.info().nameOrPath()
                            + ") is "
                            + input.width()
                            + " wide. Leave token_dim out.");
        }
        if (total() > count && base.points().of(InputPoint.class).size() < 2) {
            throw new PeftException(
                    "num_transformer_submodules is 2, but this base ("
                            + base.info().nameOrPath()
                            + ") is no encoder-decoder. Leave it out.");
        }
    }

    /** Returns the width of a virtual token, once it is settled. */
    public int width() {
        if (tokenDim == null) {
            throw new PeftException("token_dim is not settled. Add the adapter to a base first.");
        }
        return tokenDim;
    }

    /** Returns how many virtual tokens all submodules have together, once they are settled. */
    public int total() {
        if (submodules == null) {
            throw new PeftException(
                    "num_transformer_submodules is not settled. Add the adapter to a base first.");
        }
        long total = (long) count * submodules;
        if (total > Integer.MAX_VALUE) {
            throw new PeftException(
                    "num_virtual_tokens is "
                            + count
                            + ", so that there would be "
                            + total
                            + " of them. Use the number that the adapter was trained with.");
        }
        return (int) total;
    }
}
