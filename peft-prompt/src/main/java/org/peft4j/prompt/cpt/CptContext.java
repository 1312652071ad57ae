package org.peft4j.prompt.cpt;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.peft4j.core.PeftException;
import org.peft4j.core.points.VirtualLabel;

/**
 * The examples that virtual tokens begin as, token by token. {@link CptTemplate} makes it from
 * examples.
 *
 * @param tokenIds the tokens of the vocabulary, peft's {@code cpt_token_ids}; at least one
 * @param mask peft's {@code cpt_mask}, 0 or 1 for each token: kept for its file, and used by
 *     nothing, as in peft
 * @param types what each token is, peft's {@code cpt_tokens_type_mask}: 0 for a separator, else 1
 *     for the template of an input, 2 for an input, 3 for the template of a label and 4 for a
 *     label, plus 4 for each example before this one
 */
public record CptContext(List<Integer> tokenIds, List<Integer> mask, List<Integer> types) {

    /** Copies the lists and checks them. */
    public CptContext {
        tokenIds = List.copyOf(tokenIds);
        mask = List.copyOf(mask);
        types = List.copyOf(types);
        if (tokenIds.isEmpty()) {
            throw new PeftException("cpt_token_ids must name at least one token but is empty.");
        }
        if (mask.size() != tokenIds.size() || types.size() != tokenIds.size()) {
            throw new PeftException(
                    "cpt_token_ids, cpt_mask and cpt_tokens_type_mask must be of one length, but"
                            + " are of "
                            + tokenIds.size()
                            + ", "
                            + mask.size()
                            + " and "
                            + types.size()
                            + ".");
        }
        require("cpt_token_ids", "ids from 0 up", tokenIds, Integer.MAX_VALUE);
        require("cpt_mask", "0 and 1 only", mask, 1);
        require("cpt_tokens_type_mask", "types from 0 up", types, Integer.MAX_VALUE);
    }

    private static void require(String key, String what, List<Integer> values, int most) {
        for (int value : values) {
            if (value < 0 || value > most) {
                throw new PeftException(
                        key + " must hold " + what + ", but there is " + value + ".");
            }
        }
    }

    /**
     * Tokens of some types, none of them masked.
     *
     * @param tokenIds as {@link #tokenIds}
     * @param types as {@link #types}
     */
    public static CptContext of(List<Integer> tokenIds, List<Integer> types) {
        return new CptContext(tokenIds, Collections.nCopies(tokenIds.size(), 1), types);
    }

    /** Tokens that are all trained within the format's ε and have no labels: peft's default. */
    public static CptContext of(List<Integer> tokenIds) {
        return of(tokenIds, Collections.nCopies(tokenIds.size(), 1));
    }

    /** Returns how many tokens there are. */
    public int size() {
        return tokenIds.size();
    }

    /** Returns what a token is. */
    public TokenKind kind(int token) {
        return TokenKind.of(types.get(token));
    }

    /** Returns the labels with their weights. */
    List<VirtualLabel> labels(LossWeighting weighting) {
        NavigableMap<Integer, List<Integer>> examples = new TreeMap<>();
        for (int i = 0; i < size(); i++) {
            if (kind(i) == TokenKind.LABEL) {
                examples.computeIfAbsent(types.get(i), type -> new ArrayList<>()).add(i);
            }
        }
        List<VirtualLabel> labels = new ArrayList<>();
        int k = 1;
        for (List<Integer> tokens : examples.descendingMap().values()) {
            for (int token : tokens) {
                labels.add(new VirtualLabel(token, tokenIds.get(token), weighting.of(k)));
            }
            k++;
        }
        return labels;
    }
}
