package org.peft4j.adapter.selective;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.peft4j.core.points.EmbeddingPoint;
import org.peft4j.core.points.InjectionPoint;
import org.peft4j.core.points.LinearPoint;
import org.peft4j.core.points.LinearRole;
import org.peft4j.core.points.NormPoint;

/** A kind of modules with parameters, whatever a base calls them. */
public enum ModuleKind {
    /** Every projection of attention. */
    ATTENTION,
    /** Every linear of the feed-forward. */
    FEED_FORWARD,
    QUERY,
    KEY,
    VALUE,
    /** Queries, keys and values in one matrix. */
    QUERY_KEY_VALUE,
    ATTENTION_OUTPUT,
    /** Into the middle of the feed-forward, its gate included: BitFit's second MLP layer. */
    FEED_FORWARD_UP,
    FEED_FORWARD_DOWN,
    /** Norms. */
    NORM,
    /** Tables of tokens, positions and the like. */
    EMBEDDING,
    /** The linear to the vocabulary. */
    OUTPUT_EMBEDDING,
    /** Other linears, such as a pooler. */
    OTHER;

    private boolean contains(LinearRole role) {
        return switch (role) {
            case QUERY -> this == QUERY || this == ATTENTION;
            case KEY -> this == KEY || this == ATTENTION;
            case VALUE -> this == VALUE || this == ATTENTION;
            case QUERY_KEY_VALUE -> this == QUERY_KEY_VALUE || this == ATTENTION;
            case ATTENTION_OUTPUT -> this == ATTENTION_OUTPUT || this == ATTENTION;
            case FEED_FORWARD_GATE, FEED_FORWARD_GATE_UP, FEED_FORWARD_UP ->
                    this == FEED_FORWARD_UP || this == FEED_FORWARD;
            case FEED_FORWARD_DOWN -> this == FEED_FORWARD_DOWN || this == FEED_FORWARD;
            case OUTPUT_EMBEDDING -> this == OUTPUT_EMBEDDING;
            case OTHER -> this == OTHER;
            case TASK_HEAD -> false; // trained whatever is chosen
        };
    }

    /** Returns whether a point is of this kind. */
    boolean contains(InjectionPoint point) {
        if (point instanceof LinearPoint linear) {
            return contains(linear.role());
        }
        return point instanceof NormPoint
                ? this == NORM
                : point instanceof EmbeddingPoint && this == EMBEDDING;
    }

    /** Returns the name in the config's file. */
    String configName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns all names, for messages. */
    static List<String> configNames() {
        return Arrays.stream(values()).map(ModuleKind::configName).toList();
    }
}
