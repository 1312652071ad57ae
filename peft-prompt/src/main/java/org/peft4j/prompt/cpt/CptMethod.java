package org.peft4j.prompt.cpt;

import org.peft4j.core.AdapterBuilder;
import org.peft4j.core.BaseModel;
import org.peft4j.core.Encoding;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftMethod;
import org.peft4j.core.TaskType;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.points.InputPoint;
import org.peft4j.prompt.VirtualTokens;
import org.peft4j.prompt.internal.Inputs;
import org.peft4j.prompt.internal.SoftPrompt;
import org.peft4j.prompt.internal.Tasks;

/**
 * CPT (Blau et al. 2024): [E + δ; X], where E are the embeddings of examples with their labels and
 * δ a trained change of those tokens that are neither labels nor separators. After each step δ is
 * projected: ‖δᵢ‖₂ ≤ ε. The loss is that of the text's labels and of the labels in the context,
 * which may weigh γᵏ.
 *
 * <p>An adapter's file holds E + δ, which is all that inference needs. To go on training, {@code
 * loadTrainable} takes δ from the file beside it, or, where Python has not written one, what
 * remains without this base's E: the balls stay where they were. Python puts new ones around E + δ.
 */
public final class CptMethod implements PeftMethod {

    @Override
    public String peftType() {
        return CptConfig.PEFT_TYPE;
    }

    @Override
    public CptConfig readConfig(JsonFields json) {
        return CptConfigJson.read(json);
    }

    @Override
    public CptConfig resolve(PeftConfig config, BaseModel base) {
        CptConfig cpt = require(config);
        if (base.info().task() != TaskType.CAUSAL_LM) {
            throw new PeftException(
                    "CPT is for causal language models, but this base ("
                            + base.info().nameOrPath()
                            + ") is opened for "
                            + base.info().task()
                            + ". Open a decoder for CAUSAL_LM, or choose prompt tuning.");
        }
        return cpt.toBuilder()
                .origin(Tasks.settled(cpt.origin(), base))
                .virtualTokens(cpt.virtualTokens().settledFor(base))
                .build();
    }

    private static CptConfig require(PeftConfig config) {
        if (config instanceof CptConfig cpt) {
            return cpt;
        }
        throw new PeftException(
                "a CPT adapter needs a CptConfig, not a " + config.getClass().getName() + ".");
    }

    @Override
    public void build(PeftConfig config, AdapterBuilder builder) {
        CptConfig cpt = require(config);
        VirtualTokens tokens = cpt.virtualTokens();
        InputPoint input = Inputs.first(builder.points());
        requireInVocabulary(cpt.context(), input.table().vocabulary());
        Encoding context =
                builder.recoverable(
                        SoftPrompt.KEY,
                        parameters -> {
                            ContextEmbedding made =
                                    ContextEmbedding.of(cpt, input, builder, parameters);
                            builder.hook(Projection.of(cpt, made.delta(), builder));
                            return made;
                        },
                        tokens.total(),
                        tokens.width());
        builder.modulePrefix(SoftPrompt.MODULE_PREFIX);
        builder.place(
                input,
                new SoftPrompt(context, 0, tokens.count(), cpt.context().labels(cpt.weighting())));
    }

    private static void requireInVocabulary(CptContext context, long vocabulary) {
        for (int id : context.tokenIds()) {
            if (id >= vocabulary) {
                throw new PeftException(
                        "cpt_token_ids holds "
                                + id
                                + ", but the vocabulary ends at "
                                + (vocabulary - 1)
                                + ". Use the tokenizer that belongs to this model.");
            }
        }
    }
}
