package org.peft4j.core.ops;

/** What a forward pass is for. */
public enum Mode {
    /** Autograd follows, dropout acts. */
    TRAINING,
    /** libtorch's inference mode: no graph, no dropout, results cannot be trained through. */
    INFERENCE
}
