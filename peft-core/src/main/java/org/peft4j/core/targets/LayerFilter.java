package org.peft4j.core.targets;

import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code layers_to_transform} and {@code layers_pattern}: which layers a name may match in. */
final class LayerFilter {

    private static final String NUMBER = "\\.(\\d{1,9})\\.";
    private static final Pattern ANY_LIST = Pattern.compile(".*?\\.[^.]*" + NUMBER);

    private final List<Integer> layers;
    private final List<Pattern> lists;

    LayerFilter(@Nullable List<Integer> layers, List<String> listNames) {
        this.layers = layers == null ? List.of() : layers;
        this.lists =
                listNames.isEmpty()
                        ? List.of(ANY_LIST)
                        : listNames.stream()
                                .map(
                                        name ->
                                                Pattern.compile(
                                                        "(?:^|.*?\\.)"
                                                                + Pattern.quote(name)
                                                                + NUMBER))
                                .toList();
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
        for (Pattern list : lists) {
            Matcher match = list.matcher(path);
            if (match.lookingAt()) {
                return OptionalInt.of(Integer.parseInt(match.group(1)));
            }
        }
        return OptionalInt.empty();
    }
}
