package org.peft4j.benchmarks;

import com.google.gson.JsonObject;
import java.util.List;

/**
 * Numbers of several runs.
 *
 * @param values one of each run
 */
record Statistics(List<Double> values) {

    /** Takes one measure of several runs. */
    static Statistics of(List<JsonObject> runs, String measure) {
        return new Statistics(runs.stream().map(run -> run.get(measure).getAsDouble()).toList());
    }

    /** Returns the mean. */
    double mean() {
        return values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    }

    /** Returns the smallest. */
    double least() {
        return values.stream().mapToDouble(Double::doubleValue).min().orElse(Double.NaN);
    }

    /** Returns the standard deviation of a sample; 0 of a single value. */
    double deviation() {
        double mean = mean();
        double squares = values.stream().mapToDouble(v -> (v - mean) * (v - mean)).sum();
        return values.size() < 2 ? 0 : Math.sqrt(squares / (values.size() - 1));
    }
}
