package org.peft4j.core;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Finds the names that somebody who mistyped one most likely meant. */
public final class NearNames {

    private static final int MOST = 5;

    private NearNames() {}

    /**
     * Returns a sentence such as "Near names are: q_proj, v_proj."
     *
     * @param wanted the name that was not found
     * @param known the names there are; for paths, their last components count
     */
    public static String hint(String wanted, Collection<String> known) {
        List<String> near = of(wanted, known);
        return near.isEmpty()
                ? "There are no names at all."
                : "Near names are: " + String.join(", ", near) + ".";
    }

    /** Returns up to five of the known names, the nearest first. */
    public static List<String> of(String wanted, Collection<String> known) {
        String last = wanted.substring(wanted.lastIndexOf('.') + 1);
        List<String> names = new ArrayList<>();
        for (String path : known) {
            String name = wanted.contains(".") ? path : path.substring(path.lastIndexOf('.') + 1);
            if (!names.contains(name)) {
                names.add(name);
            }
        }
        String compared = wanted.contains(".") ? wanted : last;
        names.sort(
                Comparator.comparingInt((String name) -> distance(compared, name))
                        .thenComparing(Comparator.naturalOrder()));
        return names.subList(0, Math.min(MOST, names.size()));
    }

    /** Levenshtein 1966. */
    private static int distance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substitution = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                current[j] =
                        Math.min(
                                Math.min(current[j - 1], previous[j]) + 1,
                                previous[j - 1] + substitution);
            }
            previous = current;
        }
        return previous[b.length()];
    }
}
