package org.peft4j.transformers.text.internal;

/**
 * A token of a template.
 *
 * @param kind what it is
 * @param text a string's meaning, without quotes and escapes; else what stands in the template
 */
record Token(Kind kind, String text) {

    enum Kind {
        DATA,
        OUTPUT_BEGIN,
        OUTPUT_END,
        BLOCK_BEGIN,
        BLOCK_END,
        NAME,
        STRING,
        INTEGER,
        FLOAT,
        OPERATOR,
        END
    }

    boolean is(String operator) {
        return kind == Kind.OPERATOR && text.equals(operator);
    }

    boolean isName(String name) {
        return kind == Kind.NAME && text.equals(name);
    }
}
