package org.peft4j.core.points;

import org.peft4j.core.ForwardContext;

/** What an adapter does at the input, such as putting virtual tokens before it. */
public non-sealed interface InputPlacement extends Placement {

    /** Changes the embedded sequence, its mask and its positions. */
    InputFlow forward(ForwardContext context, InputFlow flow);
}
