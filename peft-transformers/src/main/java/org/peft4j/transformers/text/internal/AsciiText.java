package org.peft4j.transformers.text.internal;

/** What Python's {@code ascii} makes of a representation. */
final class AsciiText {

    private AsciiText() {}

    static String of(String representation) {
        StringBuilder out = new StringBuilder();
        representation
                .codePoints()
                .forEach(
                        c -> {
                            if (c < 128) {
                                out.appendCodePoint(c);
                            } else {
                                out.append(PythonText.escape(c));
                            }
                        });
        return out.toString();
    }
}
