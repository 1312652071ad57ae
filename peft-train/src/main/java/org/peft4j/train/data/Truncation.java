package org.peft4j.train.data;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Examples that fit, and what had to be done for it.
 *
 * @param examples those that are left, in their order
 * @param cut how many of them lost their last tokens
 * @param dropped how many were left out, because no label was left
 */
public record Truncation(List<Example> examples, int cut, int dropped) {

    private static final Logger LOG = LoggerFactory.getLogger(Truncation.class);

    /** Copies the list. */
    public Truncation {
        examples = List.copyOf(examples);
    }

    /**
     * Cuts long examples, and drops those that nothing can be learnt from; warns where it does.
     *
     * @param examples all examples
     * @param maxLength the most tokens to keep
     * @param hasLoss whether the task finds a label in an example
     */
    public static Truncation of(List<Example> examples, int maxLength, Predicate<Example> hasLoss) {
        List<Example> kept = new ArrayList<>(examples.size());
        int cut = 0;
        for (Example example : examples) {
            boolean tooLong = example.length() > maxLength;
            Example fitting = tooLong ? example.truncated(maxLength) : example;
            if (hasLoss.test(fitting)) {
                kept.add(fitting);
                cut += tooLong ? 1 : 0;
            }
        }
        Truncation result = new Truncation(kept, cut, examples.size() - kept.size());
        result.warn(examples.size(), maxLength);
        return result;
    }

    private void warn(int all, int maxLength) {
        if (cut > 0) {
            LOG.warn("{} of {} examples were cut to {} tokens", cut, all, maxLength);
        }
        if (dropped > 0) {
            LOG.warn(
                    "{} of {} examples were dropped: what is left of them has no label to learn from",
                    dropped,
                    all);
        }
    }
}
