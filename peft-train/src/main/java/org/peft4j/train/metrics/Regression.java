package org.peft4j.train.metrics;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * How near predicted numbers come to the right ones.
 *
 * @param meanSquaredError the mean of the squared differences
 * @param pearson their linear correlation, NaN where either side is constant
 * @param spearman the correlation of their ranks, NaN likewise
 */
public record Regression(double meanSquaredError, double pearson, double spearman) {

    static Regression of(double[] targets, double[] predictions) {
        double squares = 0;
        for (int i = 0; i < targets.length; i++) {
            squares += (targets[i] - predictions[i]) * (targets[i] - predictions[i]);
        }
        return new Regression(
                squares / targets.length,
                correlation(targets, predictions),
                correlation(ranks(targets), ranks(predictions)));
    }

    private static double correlation(double[] x, double[] y) {
        double meanX = Arrays.stream(x).average().orElse(Double.NaN);
        double meanY = Arrays.stream(y).average().orElse(Double.NaN);
        double xy = 0;
        double xx = 0;
        double yy = 0;
        for (int i = 0; i < x.length; i++) {
            xy += (x[i] - meanX) * (y[i] - meanY);
            xx += (x[i] - meanX) * (x[i] - meanX);
            yy += (y[i] - meanY) * (y[i] - meanY);
        }
        return xy / Math.sqrt(xx * yy);
    }

    /** The rank of each value; equal values share the mean of theirs. */
    private static double[] ranks(double[] values) {
        int[] order =
                IntStream.range(0, values.length)
                        .boxed()
                        .sorted(Comparator.comparingDouble(i -> values[i]))
                        .mapToInt(Integer::intValue)
                        .toArray();
        double[] ranks = new double[values.length];
        int start = 0;
        while (start < order.length) {
            int end = start;
            while (end < order.length && values[order[end]] == values[order[start]]) {
                end++;
            }
            for (int i = start; i < end; i++) {
                ranks[order[i]] = (start + end - 1) / 2.0;
            }
            start = end;
        }
        return ranks;
    }
}
