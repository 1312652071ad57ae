package org.peft4j.core.points;

/** A place in a frozen base where a method may act; the kind says what flows there. */
public sealed interface InjectionPoint
        permits LinearPoint, EmbeddingPoint, NormPoint, SublayerPoint, AttentionPoint, InputPoint {

    /**
     * Returns the module path in Hugging Face's spelling, as {@code model.layers.0.mlp.up_proj}.
     */
    String path();

    /** Returns the last component of the path, as {@code up_proj}. */
    default String name() {
        return path().substring(path().lastIndexOf('.') + 1);
    }
}
