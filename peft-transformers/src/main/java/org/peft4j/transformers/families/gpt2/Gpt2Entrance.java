package org.peft4j.transformers.families.gpt2;

import org.peft4j.core.ForwardContext;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.InputFlow;
import org.peft4j.transformers.parts.DecoderStack;
import org.peft4j.transformers.parts.LearnedPositions;
import org.peft4j.transformers.parts.TokenTypes;

/**
 * What GPT-2 adds to its embedded tokens.
 *
 * @param positions where a token is
 * @param types which text a token is of, where a batch says so
 */
record Gpt2Entrance(LearnedPositions positions, TokenTypes types) implements DecoderStack.Entrance {

    @Override
    public Tensor enter(ForwardContext context, InputFlow flow, long[] places, TokenBatch batch) {
        Tensor placed = positions.enter(context, flow, places, batch);
        return types.add(context, placed, flow, batch);
    }

    @Override
    public boolean readsTypes() {
        return true;
    }
}
