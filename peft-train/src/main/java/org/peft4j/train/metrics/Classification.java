package org.peft4j.train.metrics;

import java.util.Arrays;
import org.peft4j.core.PeftException;

/**
 * How often a classifier named the right class.
 *
 * @param confusion how often a class was taken for a class: [right one][named one]
 */
public record Classification(long[][] confusion) {

    /**
     * Counts.
     *
     * @param classes how many there are
     * @param labels the right classes; negative ones do not count
     * @param predictions the named ones
     */
    static Classification of(int classes, long[] labels, long[] predictions) {
        long[][] confusion = new long[classes][classes];
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] >= 0) {
                confusion[(int) labels[i]][(int) predictions[i]]++;
            }
        }
        return new Classification(confusion);
    }

    Classification plus(Classification other) {
        long[][] sum = new long[confusion.length][];
        for (int i = 0; i < sum.length; i++) {
            sum[i] = confusion[i].clone();
            for (int j = 0; j < sum.length; j++) {
                sum[i][j] += other.confusion[i][j];
            }
        }
        return new Classification(sum);
    }

    /** Returns how many labels there were. */
    public long count() {
        return Arrays.stream(confusion).flatMapToLong(Arrays::stream).sum();
    }

    /** Returns how many of them were named. */
    public long right() {
        long right = 0;
        for (int i = 0; i < confusion.length; i++) {
            right += confusion[i][i];
        }
        return right;
    }

    /** Returns the share of right answers. */
    public double accuracy() {
        return (double) right() / count();
    }

    /**
     * Returns the harmonic mean of a class's precision and recall; 0 where it was never right.
     *
     * @param of the class
     */
    public double f1(int of) {
        if (of < 0 || of >= confusion.length) {
            throw new PeftException(
                    "there is no class " + of + ", but 0 to " + (confusion.length - 1) + ".");
        }
        long both = labelled(of) + named(of);
        return both == 0 ? 0 : 2.0 * confusion[of][of] / both;
    }

    /** Returns the mean of all classes' {@link #f1}. */
    public double macroF1() {
        double sum = 0;
        for (int i = 0; i < confusion.length; i++) {
            sum += f1(i);
        }
        return sum / confusion.length;
    }

    /**
     * Returns Matthews' correlation coefficient, for any number of classes as Gorodkin (2004)
     * defines it: 1 for all right, 0 for guessing; 0 too where only one class was named or right.
     */
    public double matthews() {
        double count = count();
        double labelledTimesNamed = 0;
        double labelledSquares = 0;
        double namedSquares = 0;
        for (int i = 0; i < confusion.length; i++) {
            labelledTimesNamed += (double) labelled(i) * named(i);
            labelledSquares += (double) labelled(i) * labelled(i);
            namedSquares += (double) named(i) * named(i);
        }
        double spread =
                Math.sqrt((count * count - namedSquares) * (count * count - labelledSquares));
        return spread == 0 ? 0 : (right() * count - labelledTimesNamed) / spread;
    }

    private long labelled(int of) {
        return Arrays.stream(confusion[of]).sum();
    }

    private long named(int of) {
        return Arrays.stream(confusion).mapToLong(row -> row[of]).sum();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Classification that && Arrays.deepEquals(confusion, that.confusion);
    }

    @Override
    public int hashCode() {
        return Arrays.deepHashCode(confusion);
    }

    @Override
    public String toString() {
        return "Classification" + Arrays.deepToString(confusion);
    }
}
