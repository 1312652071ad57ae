package org.peft4j.transformers.text;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.peft4j.core.PeftException;

/**
 * A text in tokens, or two texts as encoders read them, with where each token comes from. All
 * places are indices into Java's strings.
 */
public final class EncodedText {

    /** Which text is cut when two are too long. */
    public enum Truncation {
        /** The longer one, then both: transformers' default. */
        LONGEST_FIRST,
        /** The first. */
        ONLY_FIRST,
        /** The second, such as the context of a question. */
        ONLY_SECOND
    }

    private final List<Token> tokens;

    /**
     * One token.
     *
     * @param id its id
     * @param type its segment, for models that tell two texts apart
     * @param sequence the text that it comes from, 0 or 1; −1 for a special token around them
     * @param word the word of that text, −1 for none
     * @param start where it begins in that text
     * @param end behind its last character
     */
    private record Token(long id, long type, int sequence, int word, int start, int end) {}

    private EncodedText(List<Token> tokens) {
        this.tokens = List.copyOf(tokens);
    }

    /**
     * Reads what the library made of texts.
     *
     * @param texts the texts, one or two
     */
    static EncodedText of(Encoding encoding, List<String> texts) {
        List<int[]> units = texts.stream().map(EncodedText::units).toList();
        long[] sequences = encoding.getSequenceIds();
        long[] special = encoding.getSpecialTokenMask();
        List<Token> tokens = new ArrayList<>();
        for (int i = 0; i < special.length; i++) {
            boolean ofText = special[i] == 0 && sequences[i] >= 0 && sequences[i] < units.size();
            int sequence = ofText ? (int) sequences[i] : -1;
            tokens.add(token(encoding, i, sequence, units.get(Math.max(sequence, 0))));
        }
        return new EncodedText(tokens);
    }

    /** Reads what the library made of words: places count within each word. */
    static EncodedText ofWords(Encoding encoding, List<String> words) {
        List<int[]> units = words.stream().map(EncodedText::units).toList();
        long[] wordIds = encoding.getWordIds();
        List<Token> tokens = new ArrayList<>();
        for (int i = 0; i < wordIds.length; i++) {
            boolean ofWord = wordIds[i] >= 0 && wordIds[i] < units.size();
            tokens.add(
                    token(
                            encoding,
                            i,
                            ofWord ? 0 : -1,
                            ofWord ? units.get((int) wordIds[i]) : new int[1]));
        }
        return new EncodedText(tokens);
    }

    private static Token token(Encoding encoding, int i, int sequence, int[] units) {
        CharSpan span = encoding.getCharTokenSpans()[i];
        int start = sequence < 0 || span == null ? 0 : unit(units, span.getStart());
        int end = sequence < 0 || span == null ? 0 : unit(units, span.getEnd());
        int word = sequence < 0 ? -1 : (int) encoding.getWordIds()[i];
        return new Token(
                encoding.getIds()[i], encoding.getTypeIds()[i], sequence, word, start, end);
    }

    /** Odd post-processors put places of one text beside tokens of another. */
    private static int unit(int[] units, int codePoint) {
        return units[Math.min(Math.max(codePoint, 0), units.length - 1)];
    }

    /** For each code point, and behind the last, its index in UTF-16. */
    private static int[] units(String text) {
        int[] units = new int[text.codePointCount(0, text.length()) + 1];
        for (int i = 1; i < units.length; i++) {
            units[i] = text.offsetByCodePoints(units[i - 1], 1);
        }
        return units;
    }

    /** Returns the number of tokens. */
    public int length() {
        return tokens.size();
    }

    /** Returns the ids. */
    public long[] ids() {
        return tokens.stream().mapToLong(Token::id).toArray();
    }

    /** Returns the segment of each token: BERT's {@code token_type_ids}. */
    public long[] typeIds() {
        return tokens.stream().mapToLong(Token::type).toArray();
    }

    /** Returns which text each token is of, 0 or 1; −1 for special tokens. */
    public int[] sequences() {
        return tokens.stream().mapToInt(Token::sequence).toArray();
    }

    /** Returns which word of its text each token is of; −1 for none. */
    public int[] words() {
        return tokens.stream().mapToInt(Token::word).toArray();
    }

    /** Returns where a token begins in its text; 0 for special tokens. */
    public int start(int token) {
        return tokens.get(token).start();
    }

    /** Returns where a token ends in its text, exclusive; 0 for special tokens. */
    public int end(int token) {
        return tokens.get(token).end();
    }

    /**
     * Labels for TOKEN_CLS: each word's label at its first token, another id at all others.
     *
     * @param byWord a label for each word
     * @param ignored what stands elsewhere, such as −100
     * @throws PeftException if a word has no label
     */
    public long[] labels(long[] byWord, long ignored) {
        long[] labels = new long[tokens.size()];
        int before = -1;
        for (int i = 0; i < labels.length; i++) {
            int word = tokens.get(i).word();
            if (word >= byWord.length) {
                throw new PeftException(
                        "there are " + byWord.length + " labels but more words. Give one a word.");
            }
            labels[i] = word >= 0 && word != before ? byWord[word] : ignored;
            before = word;
        }
        return labels;
    }

    /**
     * Cuts texts on the right; special tokens stay.
     *
     * @param most the most tokens
     * @throws PeftException if the rest alone is longer
     */
    public EncodedText truncated(int most, Truncation which) {
        if (tokens.size() <= most) {
            return this;
        }
        int[] kept = keptOf(most - count(-1), which);
        int[] seen = new int[2];
        return new EncodedText(
                tokens.stream()
                        .filter(t -> t.sequence() < 0 || seen[t.sequence()]++ < kept[t.sequence()])
                        .toList());
    }

    /** How much stays of each text when there is room for a number of tokens. */
    private int[] keptOf(int room, Truncation which) {
        int first = count(0);
        int second = count(1);
        int[] kept =
                switch (which) {
                    case ONLY_FIRST -> new int[] {room - second, second};
                    case ONLY_SECOND -> new int[] {first, room - first};
                    case LONGEST_FIRST -> longestFirst(first, second, room);
                };
        if (kept[0] < 0 || kept[1] < 0) {
            throw new PeftException(
                    "texts of "
                            + tokens.size()
                            + " tokens cannot be cut so far: what must stay is longer. Allow more"
                            + " tokens, or cut the other text too.");
        }
        return kept;
    }

    private static int[] longestFirst(int first, int second, int room) {
        int shorter = Math.min(first, second);
        int longer = Math.max(shorter, room - shorter);
        if (shorter + longer > room) {
            shorter = room / 2;
            longer = room - shorter;
        }
        return first > second ? new int[] {longer, shorter} : new int[] {shorter, longer};
    }

    /**
     * Cuts the second of two texts, or the only one, into overlapping windows, as extractive
     * question answering does; the first and the special tokens are in each.
     *
     * @param most the most tokens of a window
     * @param overlap how many tokens of the text two neighbours share
     * @throws PeftException if a window has no room for more than the overlap
     */
    public List<EncodedText> windows(int most, int overlap) {
        int cut = count(1) > 0 ? 1 : 0;
        int[] positions =
                IntStream.range(0, tokens.size())
                        .filter(i -> tokens.get(i).sequence() == cut)
                        .toArray();
        int room = most - (tokens.size() - positions.length);
        if (tokens.size() <= most) {
            return List.of(this);
        }
        if (overlap < 0 || room <= overlap) {
            throw new PeftException(
                    "windows of "
                            + most
                            + " tokens have room for "
                            + Math.max(room, 0)
                            + " of the text, but "
                            + overlap
                            + " shall overlap. Allow more tokens or a smaller overlap.");
        }
        List<EncodedText> windows = new ArrayList<>();
        for (int start = 0; ; start += room - overlap) {
            int end = Math.min(start + room, positions.length);
            int from = start;
            List<Token> kept = new ArrayList<>();
            for (int i = 0; i < tokens.size(); i++) {
                int place = Arrays.binarySearch(positions, i);
                if (place < 0 || (place >= from && place < end)) {
                    kept.add(tokens.get(i));
                }
            }
            windows.add(new EncodedText(kept));
            if (end == positions.length) {
                return windows;
            }
        }
    }

    private int count(int sequence) {
        return (int) tokens.stream().filter(token -> token.sequence() == sequence).count();
    }
}
