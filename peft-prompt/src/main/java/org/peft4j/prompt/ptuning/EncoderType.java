package org.peft4j.prompt.ptuning;

/** The network that computes virtual tokens, peft's {@code encoder_reparameterization_type}. */
public enum EncoderType {
    /** Three linears with ReLU between them. */
    MLP,
    /** A bidirectional LSTM, then two linears with ReLU between them, as in the paper. */
    LSTM
}
