package org.peft4j.core.points;

/** What an adapter puts at one injection point: one kind of placement for each kind of point. */
public sealed interface Placement
        permits LinearPlacement,
                EmbeddingPlacement,
                NormPlacement,
                SublayerPlacement,
                AttentionPlacement,
                InputPlacement {}
