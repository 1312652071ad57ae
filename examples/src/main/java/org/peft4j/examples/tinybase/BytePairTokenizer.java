package org.peft4j.examples.tinybase;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Learns a byte-level BPE vocabulary (Sennrich et al. 2016; Radford et al. 2019) and writes it as a
 * {@code tokenizer.json}. Every text can be encoded: what no merge covers is spelt in bytes.
 */
final class BytePairTokenizer {

    static final String START = "<s>";
    static final String END = "</s>";
    static final String PADDING = "<pad>";

    private static final List<String> SPECIAL = List.of(PADDING, START, END);

    /** The split of GPT-2's tokeniser into words, numbers, punctuation and spaces. */
    private static final Pattern WORDS =
            Pattern.compile(
                    "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+");

    private final Map<String, Integer> vocabulary = new LinkedHashMap<>();
    private final List<String[]> merges = new ArrayList<>();

    private BytePairTokenizer() {}

    /**
     * Learns from text.
     *
     * @param texts what to learn from
     * @param size entries of the vocabulary, special tokens and the 256 bytes included
     */
    static BytePairTokenizer learn(Collection<String> texts, int size) {
        BytePairTokenizer tokenizer = new BytePairTokenizer();
        SPECIAL.forEach(tokenizer::add);
        byteLetters().values().forEach(tokenizer::add);
        Map<List<String>, Integer> words = words(texts);
        while (tokenizer.vocabulary.size() < size && tokenizer.merge(words)) {
            // each round adds one entry
        }
        return tokenizer;
    }

    int size() {
        return vocabulary.size();
    }

    /** Joins the most frequent pair everywhere; ties go to the alphabetically first. */
    private boolean merge(Map<List<String>, Integer> words) {
        Map<List<String>, Integer> pairs = new HashMap<>();
        words.forEach(
                (word, count) -> {
                    for (int i = 0; i + 1 < word.size(); i++) {
                        pairs.merge(List.copyOf(word.subList(i, i + 2)), count, Integer::sum);
                    }
                });
        List<String> best = null;
        for (Map.Entry<List<String>, Integer> pair : pairs.entrySet()) {
            if (best == null || isBetter(pair, best, pairs)) {
                best = pair.getKey();
            }
        }
        if (best == null) {
            return false;
        }
        merges.add(best.toArray(new String[0]));
        add(best.get(0) + best.get(1));
        Map<List<String>, Integer> joined = new HashMap<>();
        for (Map.Entry<List<String>, Integer> word : words.entrySet()) {
            joined.merge(join(word.getKey(), best), word.getValue(), Integer::sum);
        }
        words.clear();
        words.putAll(joined);
        return true;
    }

    private static boolean isBetter(
            Map.Entry<List<String>, Integer> pair,
            List<String> best,
            Map<List<String>, Integer> pairs) {
        int difference = pair.getValue() - pairs.getOrDefault(best, 0);
        return difference > 0
                || (difference == 0
                        && String.join(" ", pair.getKey()).compareTo(String.join(" ", best)) < 0);
    }

    private static List<String> join(List<String> word, List<String> pair) {
        List<String> joined = new ArrayList<>();
        for (int i = 0; i < word.size(); i++) {
            if (i + 1 < word.size() && word.subList(i, i + 2).equals(pair)) {
                joined.add(pair.get(0) + pair.get(1));
                i++;
            } else {
                joined.add(word.get(i));
            }
        }
        return joined;
    }

    private static Map<List<String>, Integer> words(Collection<String> texts) {
        Map<Integer, String> letters = byteLetters();
        Map<List<String>, Integer> words = new HashMap<>();
        for (String text : texts) {
            Matcher matcher = WORDS.matcher(text);
            while (matcher.find()) {
                List<String> word = new ArrayList<>();
                for (byte b : matcher.group().getBytes(StandardCharsets.UTF_8)) {
                    word.add(letters.getOrDefault(b & 0xFF, ""));
                }
                words.merge(word, 1, Integer::sum);
            }
        }
        return words;
    }

    /**
     * GPT-2's names for bytes: printable ones stand for themselves, others for letters from 256 on.
     */
    private static Map<Integer, String> byteLetters() {
        Map<Integer, String> letters = new TreeMap<>();
        int next = 256;
        for (int b = 0; b < 256; b++) {
            boolean printable =
                    (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || (b >= 0xAE && b <= 0xFF);
            letters.put(b, Character.toString(printable ? b : next++));
        }
        return letters;
    }

    private void add(String token) {
        vocabulary.putIfAbsent(token, vocabulary.size());
    }

    /** Returns {@code tokenizer.json}, which Hugging Face's tokenizers reads. */
    String json() {
        JsonObject model = new JsonObject();
        model.addProperty("type", "BPE");
        JsonObject entries = new JsonObject();
        vocabulary.forEach(entries::addProperty);
        model.add("vocab", entries);
        JsonArray pairs = new JsonArray();
        for (String[] merge : merges) {
            JsonArray pair = new JsonArray();
            Arrays.stream(merge).forEach(pair::add);
            pairs.add(pair);
        }
        model.add("merges", pairs);

        JsonArray special = new JsonArray();
        for (String token : SPECIAL) {
            JsonObject added = new JsonObject();
            added.addProperty("id", vocabulary.get(token));
            added.addProperty("content", token);
            added.addProperty("single_word", false);
            added.addProperty("lstrip", false);
            added.addProperty("rstrip", false);
            added.addProperty("normalized", false);
            added.addProperty("special", true);
            special.add(added);
        }

        JsonObject root = new JsonObject();
        root.addProperty("version", "1.0");
        root.add("added_tokens", special);
        root.add("pre_tokenizer", byteLevel());
        root.add("decoder", byteLevel());
        root.add("model", model);
        return new GsonBuilder().disableHtmlEscaping().create().toJson(root);
    }

    private static JsonObject byteLevel() {
        JsonObject level = new JsonObject();
        level.addProperty("type", "ByteLevel");
        level.addProperty("add_prefix_space", false);
        level.addProperty("trim_offsets", true);
        level.addProperty("use_regex", true);
        return level;
    }
}
