package org.peft4j.train.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.peft4j.core.DecoderStart;
import org.peft4j.core.PeftException;
import org.peft4j.fixtures.Fixtures;

final class ExampleEncoderTest {

    /** One id a character: enough to see what goes where. */
    private static final TextEncoder LETTERS = text -> text.chars().asLongStream().toArray();

    @Test
    void lossOnTheCompletionAndItsEnd() {
        Example example =
                ExampleEncoder.of(LETTERS, 2).withBegin(1).encode(new PromptCompletion("ab", "c"));
        assertArrayEquals(new long[] {1, 'a', 'b', 'c', 2}, example.inputIds());
        assertArrayEquals(new long[] {-100, -100, -100, 'c', 2}, example.labels());
    }

    @Test
    void anEncoderReadsThePromptAndADecoderPredictsTheCompletion() {
        ExampleEncoder encoder =
                ExampleEncoder.of(LETTERS, 2).withDecoderStart(new DecoderStart(0, 0));
        Example example = encoder.encode(new PromptCompletion("ab", "c"));
        assertArrayEquals(new long[] {'a', 'b', 2}, example.source());
        assertArrayEquals(new long[] {0, 'c'}, example.inputIds());
        assertArrayEquals(new long[] {'c', 2}, example.labels());
        Example begun = encoder.withBegin(1).encode(new PromptCompletion("ab", "c"));
        assertArrayEquals(new long[] {1, 'a', 'b', 2}, begun.source());
        assertArrayEquals(new long[] {1, 'c', 2}, begun.labels());
        assertThrows(PeftException.class, () -> encoder.encode("ab"));
    }

    @Test
    void lossOnAllOfAText() {
        Example example = ExampleEncoder.of(LETTERS, 2).encode("ab");
        assertArrayEquals(new long[] {'a', 'b', 2}, example.inputIds());
        assertArrayEquals(example.inputIds(), example.labels());
    }

    @Test
    void nothingToLearnIsRefused() {
        ExampleEncoder encoder =
                new ExampleEncoder(LETTERS, OptionalLong.empty(), OptionalLong.empty());
        assertThrows(PeftException.class, () -> encoder.encode(new PromptCompletion("ab", "")));
    }

    @Test
    void aRealTokenizer() throws IOException {
        try (HuggingFaceTokenizer tokenizer =
                HuggingFaceTokenizer.builder()
                        .optTokenizerPath(Fixtures.tokenizer())
                        .optTruncation(false)
                        .build()) {
            TextEncoder encoder = TextEncoder.of(tokenizer);
            List<Example> examples =
                    ExampleEncoder.of(encoder, 2)
                            .encodePairs(List.of(new PromptCompletion("Hello", " world")));
            long[] prompt = encoder.encode("Hello");
            long[] completion = encoder.encode(" world");
            Example example = examples.get(0);
            assertEquals(prompt.length + completion.length + 1, example.length());
            assertEquals("Hello", tokenizer.decode(prompt));
            assertEquals(" world", tokenizer.decode(completion));
            assertEquals(-100, example.labels()[prompt.length - 1]);
            assertEquals(completion[0], example.labels()[prompt.length]);
        }
    }

    @Test
    void aTokenizerThatTruncatesIsRefused() throws IOException {
        try (HuggingFaceTokenizer tokenizer =
                HuggingFaceTokenizer.newInstance(Fixtures.tokenizer().resolve("tokenizer.json"))) {
            PeftException error =
                    assertThrows(PeftException.class, () -> TextEncoder.of(tokenizer));
            assertEquals(
                    true,
                    String.valueOf(error.getMessage()).contains("optTruncation(false)"),
                    error.getMessage());
        }
    }
}
