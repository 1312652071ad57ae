package org.peft4j.examples.sst2;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.peft4j.core.BadFileException;
import org.peft4j.train.data.DelimitedFile;
import org.peft4j.train.data.Example;
import org.peft4j.train.data.PromptCompletion;
import org.peft4j.transformers.text.Tokenizer;

/** Reads sentences with a 0 or 1 behind a tab, as SST-2 (Socher et al. 2013) is handed round. */
final class SentimentData {

    /** The classes by the names that the head gets. */
    static final String[] CLASSES = {"negative", "positive"};

    private SentimentData() {}

    /**
     * Reads a file.
     *
     * @param maxLength the most tokens of a sentence, special ones included
     */
    static List<Example> read(Path file, Tokenizer tokenizer, int maxLength) {
        return DelimitedFile.tsv(file).readPairs(0, 1).stream()
                .map(pair -> example(file, pair, tokenizer, maxLength))
                .toList();
    }

    private static Example example(
            Path file, PromptCompletion pair, Tokenizer tokenizer, int maxLength) {
        String label = pair.completion().strip();
        if (!label.equals("0") && !label.equals("1")) {
            throw new BadFileException(
                    file,
                    "labels the sentence \"" + pair.prompt() + "\" with \"" + label + "\"",
                    "Label it with 0 or 1");
        }
        long[] ids = tokenizer.encode(pair.prompt(), maxLength);
        return Example.ofClass(ids, Long.parseLong(label)).withTaskId(0);
    }

    /** Returns the ids of the tokens that are in most examples, the most frequent first. */
    static List<Integer> frequentTokens(List<Example> examples, int count) {
        Map<Long, Long> frequency =
                examples.stream()
                        .flatMap(example -> Arrays.stream(example.inputIds()).distinct().boxed())
                        .collect(Collectors.groupingBy(id -> id, Collectors.counting()));
        return frequency.entrySet().stream()
                .sorted(
                        Map.Entry.<Long, Long>comparingByValue()
                                .reversed()
                                .thenComparing(Map.Entry.comparingByKey()))
                .limit(count)
                .map(entry -> entry.getKey().intValue())
                .toList();
    }
}
