package org.peft4j.core.targets;

import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** {@code layers_to_transform} and {@code layers_pattern}: which layers a name may match in. */
final class LayerFilter {

    private static final String NUMBER = "\\.(?P<idx>\\d+)\\.";
    private static final PythonPattern ANY_LIST = PythonPattern.compile(".*?\\.[^.]*" + NUMBER);
    private static final int LONGEST_NUMBER = 9;

    private final List<Integer> layers;
    private final List<PythonPattern> lists;

    LayerFilter(@Nullable List<Integer> layers, List<String> listNames) {
        this.layers = layers == null ? List.of() : layers;
        this.lists =
                listNames.isEmpty()
                        ? List.of(ANY_LIST)
                        : listNames.stream().map(LayerFilter::list).toList();
    }

    /** Reads what a list of layers is called: a regular expression, as in peft. */
    static PythonPattern list(String name) {
        return PythonPattern.compile("(?:^|.*?\\.)" + name + NUMBER);
    }

    /** Refuses what is no regular expression. */
    static void requirePattern(String name) {
        Objects.requireNonNull(list(name));
    }

    /** Returns whether a path lies in one of the layers; all do if none was named. */
    boolean admits(String path) {
        if (layers.isEmpty()) {
            return true;
        }
        OptionalInt layer = layerOf(path);
        return layer.isPresent() && layers.contains(layer.getAsInt());
    }

    /** Returns the first number in a path that counts its layers. */
    OptionalInt layerOf(String path) {
        for (PythonPattern list : lists) {
            PythonPattern.@Nullable Match match = list.matchStart(path);
            if (match != null) {
                @Nullable String number = match.group("idx");
                return number == null || number.length() > LONGEST_NUMBER
                        ? OptionalInt.empty()
                        : OptionalInt.of(Integer.parseInt(number));
            }
        }
        return OptionalInt.empty();
    }
}
