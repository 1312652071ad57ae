package org.peft4j.core.targets;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A setting by module, as {@code rank_pattern} and {@code alpha_pattern}: a regular expression that
 * must match the path or its ending after a dot, and the value for such modules. The first that
 * matches wins.
 *
 * @param <V> the type of the values
 */
public final class PatternValues<V> {

    private final Map<String, V> values;
    private final Map<String, PythonPattern> patterns = new LinkedHashMap<>();

    private PatternValues(Map<String, V> values) {
        this.values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
        values.keySet()
                .forEach(key -> patterns.put(key, PythonPattern.compile("(.*\\.)?(" + key + ")")));
    }

    /**
     * Takes values by expression.
     *
     * @param values in the order in which they are tried
     * @throws org.peft4j.core.PeftException if a key is not a regular expression
     */
    public static <V> PatternValues<V> of(Map<String, V> values) {
        return new PatternValues<>(values);
    }

    /** Returns the values by expression, in order. */
    public Map<String, V> asMap() {
        return values;
    }

    /** Returns the value for a module, or the one given for modules without. */
    public V get(String path, V otherwise) {
        String key = firstMatch(path, patterns.keySet());
        return key == null ? otherwise : Objects.requireNonNull(values.get(key));
    }

    /** Returns the expressions that match none of the paths. */
    public List<String> unused(Collection<String> paths) {
        List<String> unused = new ArrayList<>(values.keySet());
        unused.removeIf(key -> paths.stream().anyMatch(path -> matches(key, path)));
        return unused;
    }

    /**
     * Returns the paths for which another expression would win if they were tried in sorted order,
     * which is how peft writes them to {@code adapter_config.json}.
     */
    public List<String> changedBySorting(Collection<String> paths) {
        List<String> sorted = new ArrayList<>(patterns.keySet());
        sorted.sort(Comparator.naturalOrder());
        List<String> changed = new ArrayList<>();
        for (String path : paths) {
            String now = firstMatch(path, patterns.keySet());
            String then = firstMatch(path, sorted);
            if (now != null && then != null && !Objects.equals(values.get(now), values.get(then))) {
                changed.add(path);
            }
        }
        return changed;
    }

    private @Nullable String firstMatch(String path, Collection<String> keys) {
        for (String key : keys) {
            if (matches(key, path)) {
                return key;
            }
        }
        return null;
    }

    private boolean matches(String key, String path) {
        return Objects.requireNonNull(patterns.get(key)).matches(path);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PatternValues<?> that
                && List.copyOf(values.entrySet()).equals(List.copyOf(that.values.entrySet()));
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return values.toString();
    }
}
