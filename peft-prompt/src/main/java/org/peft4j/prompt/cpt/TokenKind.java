package org.peft4j.prompt.cpt;

import java.util.Arrays;

/** What a token of the context is: what may be trained of it, and how far. */
public enum TokenKind {
    /** A separator: it stays as it is. */
    SEPARATOR(0),
    /** Of the words around an input: trained within the format's ε. */
    INPUT_TEMPLATE(1),
    /** Of an input: trained within ε. */
    INPUT(2),
    /** Of the words around a label: trained within the format's ε. */
    OUTPUT_TEMPLATE(3),
    /** Of a label: it stays as it is, and has to be predicted. */
    LABEL(4);

    /** How far the types of two examples are apart. */
    private static final int PER_EXAMPLE = 4;

    private final int type;

    TokenKind(int type) {
        this.type = type;
    }

    /**
     * Returns the kind that a type of peft's {@code cpt_tokens_type_mask} means.
     *
     * @param type from 0 up
     */
    static TokenKind of(int type) {
        int first = type == 0 ? 0 : (type - 1) % PER_EXAMPLE + 1;
        return Arrays.stream(values()).filter(kind -> kind.type == first).findFirst().orElseThrow();
    }

    /** Returns the type of such a token in an example of the context, counted from 0. */
    int typeIn(int example) {
        return this == SEPARATOR ? type : type + PER_EXAMPLE * example;
    }
}
