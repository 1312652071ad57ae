package org.peft4j.adapter.selective;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.peft4j.core.PeftException;

/**
 * Which layers are trained, counted from 0 by the first number in a module's path. Encoder and
 * decoder each count their own.
 *
 * @param numbers these layers; empty for no such limit
 * @param last the last so many layers; 0 for no such limit
 */
public record Layers(List<Integer> numbers, int last) {

    /** No limit: modules outside of the layers are trained too. */
    public static final Layers ALL = new Layers(List.of(), 0);

    private static final Pattern NUMBERED =
            Pattern.compile("((?:^|.*?\\.)[^.]+)\\.(\\d{1,9})\\..*");

    /** Checks the numbers. */
    public Layers {
        numbers = List.copyOf(numbers);
        if (last < 0) {
            throw new PeftException("last_layers must be 1 or more but is " + last + ".");
        }
        if (last > 0 && !numbers.isEmpty()) {
            throw new PeftException(
                    "layers and last_layers both say which layers are trained. Set one of them.");
        }
        for (int number : numbers) {
            if (number < 0) {
                throw new PeftException(
                        "layers must hold numbers from 0 up, but holds " + number + ".");
            }
        }
    }

    /** Returns how many layers each numbered list has. */
    static Map<String, Integer> counts(List<String> paths) {
        Map<String, Integer> counts = new HashMap<>();
        for (String path : paths) {
            Matcher match = NUMBERED.matcher(path);
            if (match.matches()) {
                counts.merge(match.group(1), Integer.parseInt(match.group(2)) + 1, Math::max);
            }
        }
        return counts;
    }

    /**
     * Returns whether a module is trained.
     *
     * @param path its path
     * @param counts how many layers there are
     */
    boolean admit(String path, Map<String, Integer> counts) {
        if (numbers.isEmpty() && last == 0) {
            return true;
        }
        Matcher match = NUMBERED.matcher(path);
        if (!match.matches()) {
            return false;
        }
        int layer = Integer.parseInt(match.group(2));
        int count = counts.getOrDefault(match.group(1), 0);
        return last > 0 ? layer >= count - last : numbers.contains(layer);
    }

    /** Fails if a layer is named that is in no list. */
    void requirePresent(Map<String, Integer> counts) {
        int most = counts.values().stream().mapToInt(Integer::intValue).max().orElse(0);
        for (int number : numbers) {
            if (number >= most) {
                throw new PeftException(
                        "layers names "
                                + number
                                + ", but this base has the layers 0 to "
                                + (most - 1)
                                + ".");
            }
        }
        if (last > most) {
            throw new PeftException(
                    "last_layers is " + last + ", but this base has " + most + " layers.");
        }
    }
}
