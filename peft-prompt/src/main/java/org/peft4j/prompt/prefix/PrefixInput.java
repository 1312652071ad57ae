package org.peft4j.prompt.prefix;

import org.peft4j.core.ForwardContext;
import org.peft4j.core.points.InputFlow;
import org.peft4j.core.points.InputPlacement;

/**
 * Counts a prefix as tokens that came before the sequence.
 *
 * @param tokens how many there are
 */
record PrefixInput(int tokens) implements InputPlacement {

    @Override
    public InputFlow forward(ForwardContext context, InputFlow flow) {
        return flow.with(flow.embeddings(), flow.layout().withPast(tokens));
    }
}
