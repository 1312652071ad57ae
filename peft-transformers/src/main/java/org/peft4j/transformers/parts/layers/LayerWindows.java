package org.peft4j.transformers.parts.layers;

import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.peft4j.core.BadFileException;
import org.peft4j.core.files.JsonFields;

/** Reads how many keys a query sees in each layer: the sliding windows of a config. */
public final class LayerWindows {

    private static final String SLIDING = "sliding_attention";
    private static final String FULL = "full_attention";

    private LayerWindows() {}

    /** No windows. */
    public static List<Integer> none(int layers) {
        return same(layers, AttentionMask.NO_WINDOW);
    }

    /** The same window in every layer. */
    public static List<Integer> same(int layers, int window) {
        return IntStream.range(0, layers).mapToObj(i -> window).toList();
    }

    /**
     * Reads {@code sliding_window}; null means none.
     *
     * @param absent the window of a config that does not mention it
     */
    public static int window(JsonFields config, int absent) {
        String key = "sliding_window";
        int none = config.object().has(key) ? AttentionMask.NO_WINDOW : absent;
        return config.optionalPositiveInt(key).orElse(none);
    }

    /**
     * Reads {@code layer_types}.
     *
     * @param window the window of the layers that slide
     * @param usual which layers slide where the config has no types
     * @param source the field that is to blame where a layer slides and there is no window
     * @throws BadFileException if a type is unknown, or there are not as many as layers
     */
    public static List<Integer> byType(
            JsonFields config, int layers, int window, IntPredicate usual, String source) {
        String key = "layer_types";
        List<String> given = config.optionalStrings(key).orElse(List.of());
        List<String> types =
                given.isEmpty()
                        ? IntStream.range(0, layers)
                                .mapToObj(i -> usual.test(i) ? SLIDING : FULL)
                                .toList()
                        : given;
        if (types.size() != layers) {
            throw config.mustBe(key, "a list of " + layers + " types, one a layer,");
        }
        if (!List.of(SLIDING, FULL).containsAll(types)) {
            throw config.mustBe(key, "a list of " + FULL + " and " + SLIDING);
        }
        if (types.contains(SLIDING) && window == AttentionMask.NO_WINDOW) {
            throw config.mustBe(
                    source,
                    "such that there is a window, since layer_types names " + SLIDING + ",");
        }
        return types.stream()
                .map(type -> type.equals(SLIDING) ? window : AttentionMask.NO_WINDOW)
                .toList();
    }
}
