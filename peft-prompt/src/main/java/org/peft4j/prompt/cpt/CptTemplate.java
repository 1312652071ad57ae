package org.peft4j.prompt.cpt;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;
import org.peft4j.core.PeftException;
import org.peft4j.core.TokenBatch;

/**
 * How an example is laid out as tokens: the input x in its template, a separator, the label y in
 * its own, and behind each example of the context another separator (Blau et al. 2024). Texts are
 * ids here, each piece tokenised by itself and without special tokens.
 *
 * <p>The same template makes the context, the texts to train on and what generation begins with.
 */
public final class CptTemplate {

    private final List<Long> beginning;
    private final Around input;
    private final List<Long> intraSeparator;
    private final Around output;
    private final List<Long> interSeparator;

    /** What comes before and behind something. */
    private record Around(List<Long> before, List<Long> after) {}

    private record Piece(List<Long> ids, TokenKind kind) {}

    private CptTemplate(Builder builder) {
        this.beginning = builder.beginning;
        this.input = builder.input;
        this.intraSeparator = builder.intraSeparator;
        this.output = builder.output;
        this.interSeparator = builder.interSeparator;
    }

    /**
     * An input and its label.
     *
     * @param x the ids of the input
     * @param y the ids of the label, at least one
     */
    public record Example(List<Long> x, List<Long> y) {

        /** Copies the lists. */
        public Example {
            x = List.copyOf(x);
            y = List.copyOf(y);
            if (y.isEmpty()) {
                throw new PeftException(
                        "an example's label must have at least one token but has none.");
            }
        }

        /** An input and its label as a tokenizer gives them. */
        public static Example of(long[] x, long[] y) {
            return new Example(list(x), list(y));
        }
    }

    /** Starts a template of nothing but inputs and labels. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Lays out the examples of the context.
     *
     * @param examples in their order; the last one is nearest to the text
     */
    public CptContext context(List<Example> examples) {
        List<Integer> ids = new ArrayList<>();
        List<Integer> types = new ArrayList<>();
        add(new Piece(beginning, TokenKind.SEPARATOR), 0, ids, types);
        for (int i = 0; i < examples.size(); i++) {
            for (Piece piece : pieces(examples.get(i))) {
                add(piece, i, ids, types);
            }
            add(new Piece(interSeparator, TokenKind.SEPARATOR), i, ids, types);
        }
        return CptContext.of(ids, types);
    }

    private static void add(Piece piece, int example, List<Integer> ids, List<Integer> types) {
        piece.ids().forEach(id -> ids.add(Math.toIntExact(id)));
        types.addAll(Collections.nCopies(piece.ids().size(), piece.kind().typeIn(example)));
    }

    private List<Piece> pieces(Example example) {
        List<Piece> pieces = new ArrayList<>(beforeLabel(example.x()));
        pieces.add(new Piece(example.y(), TokenKind.LABEL));
        pieces.add(new Piece(output.after(), TokenKind.OUTPUT_TEMPLATE));
        return pieces;
    }

    private List<Piece> beforeLabel(List<Long> x) {
        return List.of(
                new Piece(input.before(), TokenKind.INPUT_TEMPLATE),
                new Piece(x, TokenKind.INPUT),
                new Piece(input.after(), TokenKind.INPUT_TEMPLATE),
                new Piece(intraSeparator, TokenKind.SEPARATOR),
                new Piece(output.before(), TokenKind.OUTPUT_TEMPLATE));
    }

    /** Returns the ids of a text to train on, with its label. */
    public long[] ids(Example example) {
        return pieces(example).stream().flatMapToLong(CptTemplate::ids).toArray();
    }

    /**
     * Returns the labels of such a text: its ids where the label is, else {@link
     * TokenBatch#IGNORED}.
     */
    public long[] labels(Example example) {
        return pieces(example).stream()
                .flatMapToLong(
                        piece ->
                                piece.kind() == TokenKind.LABEL
                                        ? ids(piece)
                                        : piece.ids().stream().mapToLong(id -> TokenBatch.IGNORED))
                .toArray();
    }

    /** Returns the ids of a text up to where its label is to be generated. */
    public long[] prompt(long... x) {
        return beforeLabel(list(x)).stream().flatMapToLong(CptTemplate::ids).toArray();
    }

    private static LongStream ids(Piece piece) {
        return piece.ids().stream().mapToLong(Long::longValue);
    }

    private static List<Long> list(long... ids) {
        return Arrays.stream(ids).boxed().toList();
    }

    /** Builds a {@link CptTemplate}; what is not set is empty. */
    public static final class Builder {

        private static final Around NOTHING = new Around(List.of(), List.of());

        private List<Long> beginning = List.of();
        private Around input = NOTHING;
        private List<Long> intraSeparator = List.of();
        private Around output = NOTHING;
        private List<Long> interSeparator = List.of();

        private Builder() {}

        /** What the context begins with, such as the token that begins a text. */
        public Builder beginning(long... ids) {
            this.beginning = list(ids);
            return this;
        }

        /** The words before and behind an input, such as those of "review: {}". */
        public Builder input(long[] before, long[] after) {
            this.input = new Around(list(before), list(after));
            return this;
        }

        /** What lies between an input and its label. */
        public Builder intraSeparator(long... ids) {
            this.intraSeparator = list(ids);
            return this;
        }

        /** The words before and behind a label, such as those of "sentiment: {}". */
        public Builder output(long[] before, long[] after) {
            this.output = new Around(list(before), list(after));
            return this;
        }

        /** What lies behind each example of the context. */
        public Builder interSeparator(long... ids) {
            this.interSeparator = list(ids);
            return this;
        }

        /** Returns the template. */
        public CptTemplate build() {
            return new CptTemplate(this);
        }
    }
}
