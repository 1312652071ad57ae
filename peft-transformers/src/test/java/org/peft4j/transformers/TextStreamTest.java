package org.peft4j.transformers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonElement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.transformers.text.TextStream;
import org.peft4j.transformers.text.Tokenizer;

/** What was streamed is what is decoded at once. */
final class TextStreamTest {

    @Test
    void piecesTogetherAreTheText() {
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.tokenizer())) {
            for (JsonElement golden : Fixtures.goldenJson("tokenizer").getAsJsonArray("texts")) {
                String text = golden.getAsJsonObject().get("text").getAsString();
                long[] ids = tokenizer.encode(text);
                assertEquals(
                        tokenizer.decode(ids),
                        String.join("", pieces(tokenizer.textStream(), ids)),
                        text);
            }
        }
    }

    @Test
    void holdsBackUntilACharacterIsWhole() {
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.tokenizer())) {
            long[] ids = tokenizer.encode("🙂", false);
            assertEquals(4, ids.length);
            assertEquals(List.of("", "", "", "🙂", ""), pieces(tokenizer.textStream(), ids));
            assertEquals(
                    List.of("", "", "\uFFFD"),
                    pieces(tokenizer.textStream(), Arrays.copyOf(ids, 2)));
        }
    }

    @Test
    void goesOnBehindAnEnd() {
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.tokenizer())) {
            TextStream stream = tokenizer.textStream();
            assertEquals(List.of("a", ""), pieces(stream, tokenizer.encode("a", false)));
            assertEquals(List.of(" b", ""), pieces(stream, tokenizer.encode(" b", false)));
        }
    }

    @Test
    void doesNotGiveOutWhatStandsBefore() {
        try (Tokenizer tokenizer = Tokenizer.open(Fixtures.tokenizer())) {
            TextStream stream = tokenizer.textStream(tokenizer.encode("The prompt"));
            long[] ids = tokenizer.encode(" and its end", false);
            assertEquals(" and its end", String.join("", pieces(stream, ids)));
        }
    }

    private static List<String> pieces(TextStream stream, long[] ids) {
        List<String> pieces = new ArrayList<>();
        for (long id : ids) {
            pieces.add(stream.push(id));
        }
        pieces.add(stream.end());
        return pieces;
    }
}
