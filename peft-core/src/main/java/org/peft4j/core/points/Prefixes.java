package org.peft4j.core.points;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What this pass's selection puts before the keys and values of each row at an attention point.
 *
 * @param rows for each row its prefixes, the innermost first; empty where no row has any
 */
public record Prefixes(List<List<PrefixPlacement>> rows) {

    /** No row has a prefix. */
    public static final Prefixes NONE = new Prefixes(List.of());

    /** Copies the list; rows without any prefix become none. */
    public Prefixes {
        rows = rows.stream().allMatch(List::isEmpty) ? List.of() : List.copyOf(rows);
    }

    static Prefixes of(List<RowGroup<AttentionPlacement>> groups, int count) {
        if (groups.stream().allMatch(group -> in(group).isEmpty())) {
            return NONE;
        }
        if (groups.size() == 1) {
            return new Prefixes(Collections.nCopies(count, in(groups.get(0))));
        }
        List<List<PrefixPlacement>> rows = new ArrayList<>(Collections.nCopies(count, List.of()));
        for (RowGroup<AttentionPlacement> group : groups) {
            List<PrefixPlacement> prefixes = in(group);
            for (int row : group.members()) {
                rows.set(row, prefixes);
            }
        }
        return new Prefixes(rows);
    }

    /** The prefixes among a group's placements, the innermost first. */
    static List<PrefixPlacement> in(RowGroup<AttentionPlacement> group) {
        return group.placements().stream()
                .filter(PrefixPlacement.class::isInstance)
                .map(PrefixPlacement.class::cast)
                .toList();
    }

    static int tokens(List<PrefixPlacement> prefixes) {
        return prefixes.stream().mapToInt(PrefixPlacement::tokens).sum();
    }

    /** Returns whether no row has a prefix. */
    public boolean isEmpty() {
        return rows.isEmpty();
    }

    /** Returns how many keys stand before those of each row; empty where there are none. */
    public int[] lengths() {
        return rows.stream().mapToInt(Prefixes::tokens).toArray();
    }

    /** Returns how many keys stand before those of the row that has most. */
    public int longest() {
        return IntStream.of(lengths()).max().orElse(0);
    }

    /** Returns whether some prefix differs from pass to pass. */
    public boolean change() {
        return rows.stream().flatMap(List::stream).anyMatch(PrefixPlacement::changes);
    }

    /**
     * Returns those of chosen rows.
     *
     * @param order which rows; may repeat
     */
    public Prefixes withRows(int... order) {
        return isEmpty() ? this : new Prefixes(IntStream.of(order).mapToObj(rows::get).toList());
    }
}
