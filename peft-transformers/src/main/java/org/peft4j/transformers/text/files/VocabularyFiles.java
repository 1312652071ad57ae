package org.peft4j.transformers.text.files;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.peft4j.core.BadFileException;
import org.peft4j.core.files.JsonFiles;

/**
 * Checkpoints from before {@code tokenizer.json}: BERT's {@code vocab.txt}, a token a line, and the
 * {@code vocab.json} and {@code merges.txt} of GPT-2 and its kin.
 */
final class VocabularyFiles {

    private static final String WORD_PIECES = "vocab.txt";
    private static final String TOKENS = "vocab.json";
    private static final String MERGES = "merges.txt";

    /** What only Python's sentencepiece reads. */
    private static final List<String> SENTENCE_PIECE =
            List.of("tokenizer.model", "spiece.model", "sentencepiece.bpe.model");

    private VocabularyFiles() {}

    /** Returns a {@code tokenizer.json} with vocabulary and merges alone, or empty. */
    static Optional<JsonObject> read(Path directory, TokenizerClass kind) {
        Path words = directory.resolve(WORD_PIECES);
        Path tokens = directory.resolve(TOKENS);
        Path merges = directory.resolve(MERGES);
        return switch (kind) {
            case BERT, MPNET ->
                    Files.isRegularFile(words) ? Optional.of(wordPieces(words)) : Optional.empty();
            case GPT2, GPT_NEOX, QWEN2, ROBERTA ->
                    Files.isRegularFile(tokens) && Files.isRegularFile(merges)
                            ? Optional.of(pairs(tokens, merges))
                            : Optional.empty();
            default -> Optional.empty();
        };
    }

    private static JsonObject wordPieces(Path file) {
        JsonObject vocabulary = new JsonObject();
        List<String> lines = lines(file);
        for (int id = 0; id < lines.size(); id++) {
            vocabulary.addProperty(lines.get(id), id);
        }
        return whole(vocabulary, Optional.empty());
    }

    private static JsonObject pairs(Path tokens, Path merges) {
        JsonArray all = new JsonArray();
        for (String line : lines(merges)) {
            if (!line.startsWith("#version") && !line.isBlank()) {
                if (line.split(" ", -1).length != 2) {
                    throw new BadFileException(
                            merges,
                            "has a line that is not two tokens with a space between them",
                            "Download it again");
                }
                all.add(line);
            }
        }
        return whole(
                JsonFiles.parse(tokens, JsonFiles.text(tokens), TokenizerCheck.MOST_VALUES),
                Optional.of(all));
    }

    private static JsonObject whole(JsonObject vocabulary, Optional<JsonArray> merges) {
        JsonObject model = new JsonObject();
        model.add("vocab", vocabulary);
        merges.ifPresent(all -> model.add("merges", all));
        JsonObject whole = new JsonObject();
        whole.addProperty("version", "1.0");
        whole.add("truncation", JsonNull.INSTANCE);
        whole.add("padding", JsonNull.INSTANCE);
        whole.add("model", model);
        return whole;
    }

    private static List<String> lines(Path file) {
        String text = JsonFiles.text(file);
        List<String> lines = new ArrayList<>(List.of(text.split("\r\n|\r|\n", -1)));
        if (lines.get(lines.size() - 1).isEmpty()) {
            lines.remove(lines.size() - 1);
        }
        return lines;
    }

    static BadFileException missing(Path directory) {
        List<String> others =
                Stream.concat(Stream.of(WORD_PIECES, TOKENS, MERGES), SENTENCE_PIECE.stream())
                        .filter(name -> Files.exists(directory.resolve(name)))
                        .toList();
        return others.isEmpty()
                ? new BadFileException(
                        directory,
                        "has no tokenizer.json",
                        "Download it with the checkpoint, or copy it from the base model")
                : new BadFileException(
                        directory,
                        "has no tokenizer.json but only " + String.join(", ", others),
                        "Convert it once in Python: transformers.AutoTokenizer.from_pretrained(DIR)"
                                + ".save_pretrained(DIR)");
    }
}
