package org.peft4j.core.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.peft4j.core.BadFileException;

/**
 * The files that belong to a checkpoint beside its config and its weights: those of its tokenizer,
 * its processors and its chat templates, what it recommends for generation, its licence, and what
 * sentence-transformers reads of an embedder ({@code modules.json}, pooling and dense folders).
 */
public final class CompanionFiles {

    private static final Set<String> NAMES =
            Set.of(
                    "added_tokens.json",
                    "bpe.codes",
                    "chat_template.jinja",
                    "chat_template.json",
                    "config_sentence_transformers.json",
                    "dict.txt",
                    "generation_config.json",
                    "merges.txt",
                    "modules.json",
                    "preprocessor_config.json",
                    "processor_config.json",
                    "sentencepiece.bpe.model",
                    "special_tokens_map.json",
                    "spiece.model",
                    "tekken.json",
                    "tokenizer.json",
                    "tokenizer.model",
                    "tokenizer_config.json",
                    "video_preprocessor_config.json",
                    "vocab.json",
                    "vocab.txt");

    /** A model's own names: {@code sentence_bert_config.json}, {@code qwen.tiktoken}. */
    private static final Pattern FURTHER =
            Pattern.compile(
                    "sentence_[a-z0-9]+_config\\.json|[\\w.-]+\\.tiktoken|tokenizer\\.model\\.v\\d+");

    private static final Pattern LICENCE =
            Pattern.compile("(?i)(licen[cs]e|notice|use_policy)([.-][\\w.-]*)?");

    private static final Pattern TEMPLATE =
            Pattern.compile("additional_chat_templates/[\\w-]+\\.jinja");

    /** A module of sentence-transformers, as {@code 1_Pooling/config.json}. */
    private static final Pattern MODULE = Pattern.compile("\\d+_\\w+/[\\w.-]+");

    private static final int DEPTH = 2;

    private CompanionFiles() {}

    /**
     * Tells whether a file is one of them.
     *
     * @param path below the checkpoint's directory, with {@code /}
     */
    public static boolean isOne(String path) {
        return isForReading(path) || LICENCE.matcher(path).matches();
    }

    /**
     * Tells whether a file is one of them that a program reads: all but licences.
     *
     * @param path below the checkpoint's directory, with {@code /}
     */
    public static boolean isForReading(String path) {
        return NAMES.contains(path)
                || FURTHER.matcher(path).matches()
                || TEMPLATE.matcher(path).matches()
                || MODULE.matcher(path).matches();
    }

    /**
     * Finds those of a checkpoint.
     *
     * @param directory the checkpoint; its files may be symbolic links, as in Hugging Face's cache
     * @return their paths below the directory, with {@code /}, in order
     * @throws BadFileException if the directory cannot be listed
     */
    public static List<String> of(Path directory) {
        Set<String> found = new TreeSet<>();
        try (Stream<Path> files = Files.walk(directory, DEPTH)) {
            for (Path file : files.toList()) {
                Path below = directory.relativize(file);
                String name = below.toString().replace(file.getFileSystem().getSeparator(), "/");
                if (isOne(name) && Files.isRegularFile(file)) {
                    found.add(name);
                }
            }
        } catch (IOException e) {
            throw Failures.reading(directory, e);
        }
        return new ArrayList<>(found);
    }
}
