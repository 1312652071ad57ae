package org.peft4j.core.points;

/**
 * What a linear point does in its transformer. Methods use it for their default targets, so that
 * they need not know any base's module names.
 */
public enum LinearRole {
    QUERY,
    KEY,
    VALUE,
    /** Queries, keys and values in one matrix, as GPT-2's {@code c_attn}. */
    QUERY_KEY_VALUE,
    ATTENTION_OUTPUT,
    FEED_FORWARD_GATE,
    /** Gate and up in one matrix, as Phi-3's {@code gate_up_proj}. */
    FEED_FORWARD_GATE_UP,
    FEED_FORWARD_UP,
    FEED_FORWARD_DOWN,
    /** Maps hidden states to the vocabulary; peft's {@code all-linear} leaves it out. */
    OUTPUT_EMBEDDING,
    /** A task head's linear; {@code all-linear} leaves it out. */
    TASK_HEAD,
    OTHER
}
