package org.peft4j.core;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Which adapters act in one forward pass: none, one, a stack, or other ones for each row of the
 * batch. An argument, never a state of the model: "disabling" an adapter is another selection.
 */
public final class AdapterSelection {

    private static final AdapterSelection NONE = new AdapterSelection(List.of(), List.of());

    private final List<String> stack;
    private final List<AdapterSelection> rows;

    private AdapterSelection(List<String> stack, List<AdapterSelection> rows) {
        this.stack = stack;
        this.rows = rows;
    }

    /** The base alone. */
    public static AdapterSelection none() {
        return NONE;
    }

    /**
     * One adapter, or several on top of each other.
     *
     * @param names adapter names, the one nearest to the base first
     */
    public static AdapterSelection of(String... names) {
        if (new LinkedHashSet<>(List.of(names)).size() < names.length) {
            throw new PeftException(
                    "an adapter can be in a stack once only, not " + List.of(names) + ".");
        }
        return names.length == 0 ? NONE : new AdapterSelection(List.of(names), List.of());
    }

    /**
     * A selection for each row of the batch.
     *
     * @param rows as many as the batch has rows, none of them per row itself
     */
    public static AdapterSelection perRow(List<AdapterSelection> rows) {
        if (rows.isEmpty()) {
            throw new PeftException("a selection per row needs at least one row.");
        }
        if (rows.stream().anyMatch(AdapterSelection::isPerRow)) {
            throw new PeftException("a row cannot itself have a selection per row.");
        }
        return new AdapterSelection(List.of(), List.copyOf(rows));
    }

    /**
     * One adapter for each row of the batch.
     *
     * @param names as many as the batch has rows
     */
    public static AdapterSelection perRow(String... names) {
        List<AdapterSelection> rows = new ArrayList<>();
        for (String name : names) {
            rows.add(of(name));
        }
        return perRow(rows);
    }

    /** Returns whether rows have selections of their own. */
    public boolean isPerRow() {
        return !rows.isEmpty();
    }

    /** Returns the rows' selections; empty if all rows share one. */
    public List<AdapterSelection> rows() {
        return rows;
    }

    /** Returns the adapters that every row has, the one nearest to the base first. */
    public List<String> stack() {
        return stack;
    }

    /** Returns every adapter name that occurs. */
    public Set<String> names() {
        Set<String> names = new LinkedHashSet<>(stack);
        rows.forEach(row -> names.addAll(row.stack));
        return names;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof AdapterSelection that
                && stack.equals(that.stack)
                && rows.equals(that.rows);
    }

    @Override
    public int hashCode() {
        return 31 * stack.hashCode() + rows.hashCode();
    }

    @Override
    public String toString() {
        return isPerRow() ? "per row " + rows : stack.isEmpty() ? "no adapter" : stack.toString();
    }
}
