package org.peft4j.transformers.generation;

import java.util.HashMap;
import java.util.Map;
import org.peft4j.transformers.text.TextStream;
import org.peft4j.transformers.text.Tokenizer;

/** Hears of text as it grows, in pieces of whole characters. */
@FunctionalInterface
public interface TextListener {

    /**
     * Takes a piece of text.
     *
     * @param row which text, as {@link TokenListener#onToken} counts
     * @param piece what comes next; never empty
     */
    void onText(int row, String piece);

    /**
     * Returns a listener for one call of a generator that turns tokens into pieces of text. Special
     * tokens are left out.
     */
    default TokenListener with(Tokenizer tokenizer) {
        Map<Integer, TextStream> streams = new HashMap<>();
        return new TokenListener() {
            @Override
            public void onToken(int row, long id) {
                tell(row, streams.computeIfAbsent(row, r -> tokenizer.textStream()).push(id));
            }

            @Override
            public void onEnd(int row, FinishReason reason) {
                TextStream stream = streams.remove(row);
                if (stream != null) {
                    tell(row, stream.end());
                }
            }

            private void tell(int row, String piece) {
                if (!piece.isEmpty()) {
                    onText(row, piece);
                }
            }
        };
    }
}
