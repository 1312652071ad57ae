package org.peft4j.core;

import java.util.List;
import java.util.Locale;

/**
 * What a merge did.
 *
 * @param adapters the merged adapters
 * @param points one entry for each changed module
 */
public record MergeReport(List<String> adapters, List<MergedPoint> points) {

    /** Copies the lists. */
    public MergeReport {
        adapters = List.copyOf(adapters);
        points = List.copyOf(points);
    }

    /**
     * One changed module.
     *
     * @param path its path
     * @param change the largest |merged − frozen| of its weight
     * @param rounding the largest |merged − exact| of its weight, where exact is the float32 sum
     *     that was rounded once to the weight's dtype; 0 for float32
     */
    public record MergedPoint(String path, double change, double rounding) {}

    /** Returns the largest change of any weight. */
    public double largestChange() {
        return points.stream().mapToDouble(MergedPoint::change).max().orElse(0);
    }

    /**
     * Returns the largest rounding of any weight: how far the merged model is from the unmerged.
     */
    public double largestRounding() {
        return points.stream().mapToDouble(MergedPoint::rounding).max().orElse(0);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "merged %s into %d modules; largest change %.3g, largest rounding %.3g",
                adapters,
                points.size(),
                largestChange(),
                largestRounding());
    }
}
