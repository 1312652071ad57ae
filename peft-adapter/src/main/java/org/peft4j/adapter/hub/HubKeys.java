package org.peft4j.adapter.hub;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.peft4j.core.AdapterBuilder;
import org.peft4j.core.BaseModel;
import org.peft4j.core.points.AdapterPlace;
import org.peft4j.core.points.AttentionPoint;
import org.peft4j.core.points.LinearPoint;
import org.peft4j.core.points.SublayerPoint;

/**
 * Translates the names of tensors. AdapterHub's hold the adapter's name, {@code
 * bert.encoder.layer.0.output.adapters.NAME.adapter_up.weight}; this library's do not, and begin
 * with {@code base_model.model.}.
 */
final class HubKeys {

    static final String ADAPTERS = "adapters.";
    static final String SHARED = "shared_parameters.";
    static final String PREFIXES = "prefix_tunings.";
    static final String PREFIX_GATES = "prefix_gates.";
    static final String LORAS = "loras.";
    static final String FUSIONS = "adapter_fusion_layer.";

    private static final List<String> HOLDERS =
            List.of(ADAPTERS, SHARED, PREFIXES, PREFIX_GATES, LORAS, FUSIONS);

    /** Names of older versions; none is the beginning of another. */
    private static final Map<String, String> OLDER =
            Map.of(
                    "attention_text_task_adapters.", ADAPTERS,
                    "attention_text_lang_adapters.", ADAPTERS,
                    "layer_text_task_adapters.", ADAPTERS,
                    "layer_text_lang_adapters.", ADAPTERS);

    /** The prefixes of the attentions of a decoder, or of an encoder that stands alone. */
    private static final String SELF = "self_prefix.";

    /** What AdapterHub calls that group in the one family where it forgot the ending. */
    private static final Map<String, String> OTHER_SELF = Map.of("distilbert", "self.");

    /** Between an attention and the prefixes that all attentions share. */
    private static final String POOL = ".pool.";

    private static final String NORM = ".adapter_norm_before.";
    private static final String DOWN = ".adapter_down.0.";

    private final String name;
    private final String self;
    private final String root;
    private final List<String> adapters;
    private final List<String> gates;
    private final List<String> linears;

    /**
     * One of an adapter's own tensors.
     *
     * @param holder one of the constants of this class
     * @param key this library's name
     */
    record Own(String holder, String key) {}

    HubKeys(String name, BaseModel base) {
        this.name = name;
        this.self = OTHER_SELF.getOrDefault(base.info().modelType(), SELF);
        List<AdapterPlace> places =
                base.points().of(SublayerPoint.class).stream().map(SublayerPoint::place).toList();
        this.root = places.isEmpty() ? "" : places.get(0).root();
        this.adapters = places.stream().map(AdapterPlace::path).toList();
        this.gates =
                base.points().paths(AttentionPoint.class).stream()
                        .map(path -> path + ".prefix_tuning")
                        .toList();
        this.linears = base.points().paths(LinearPoint.class);
    }

    /**
     * Returns the names under which AdapterHub repeats a tensor: a norm before the map down is its
     * first part too, and every attention has all prefixes.
     *
     * @param hubKey its own name
     */
    List<String> repeated(String hubKey) {
        if (hubKey.contains(NORM)) {
            return List.of(hubKey.replace(NORM, DOWN));
        }
        int at = indexOf(hubKey, PREFIXES);
        return at < 0
                ? List.of()
                : gates.stream().map(gate -> gate + POOL + hubKey.substring(at)).toList();
    }

    /** Returns whether a name is such a repeated one. */
    static boolean isRepeated(String hubKey, boolean normBefore) {
        return hubKey.contains(POOL + PREFIXES) || (normBefore && hubKey.contains(DOWN));
    }

    /** Returns one of the adapter's own tensors by AdapterHub's name, if it is one. */
    Optional<Own> toOurs(String hubKey) {
        String key = hubKey;
        for (Map.Entry<String, String> older : OLDER.entrySet()) {
            key = key.replace("." + older.getKey(), "." + older.getValue());
        }
        for (String holder : HOLDERS) {
            String named = holder + name + ".";
            int at = indexOf(key, named);
            if (at >= 0) {
                String path = here(at == 0 ? "" : key.substring(0, at - 1), holder);
                String rest = rest(holder, key.substring(at + named.length()));
                return Optional.of(new Own(holder, AdapterBuilder.KEY_PREFIX + joined(path, rest)));
            }
        }
        return Optional.empty();
    }

    /** Where a part that begins a component of a path is, or -1. */
    private static int indexOf(String path, String part) {
        if (path.startsWith(part)) {
            return 0;
        }
        int dot = path.indexOf("." + part);
        return dot < 0 ? -1 : dot + 1;
    }

    private static String joined(String path, String rest) {
        return path.isEmpty() ? rest : path + "." + rest;
    }

    private String rest(String holder, String rest) {
        return switch (holder) {
            case LORAS -> HubLora.toOurs(rest);
            case PREFIXES ->
                    rest.startsWith(self)
                            ? holder + SELF + rest.substring(self.length())
                            : holder + rest;
            default -> holder + rest;
        };
    }

    /** A model with a head calls the transformer by a prefix that one without has not. */
    private String here(String path, String holder) {
        if (holder.equals(SHARED)) {
            return root;
        }
        Stream<String> known =
                switch (holder) {
                    case PREFIXES -> Stream.of(joined(root, "prefix_tuning"));
                    case PREFIX_GATES -> gates.stream();
                    case LORAS -> linears.stream();
                    default -> adapters.stream();
                };
        return known.filter(place -> isSame(place, path)).findFirst().orElse(path);
    }

    private boolean isSame(String place, String path) {
        return place.equals(path)
                || place.equals(root + "." + path)
                || (root.isEmpty() && path.endsWith("." + place));
    }

    /** Returns AdapterHub's name of one of an adapter's own tensors, if it is one. */
    Optional<String> toHub(String ourKey) {
        String key = ourKey.substring(AdapterBuilder.KEY_PREFIX.length());
        Optional<String> lora = HubLora.toHub(key, LORAS + name + ".");
        if (lora.isPresent()) {
            return lora;
        }
        for (String holder : HOLDERS) {
            int at = indexOf(key, holder);
            if (at >= 0) {
                int end = at + holder.length();
                String rest = key.substring(end);
                boolean renamed = holder.equals(PREFIXES) && rest.startsWith(SELF);
                return Optional.of(
                        key.substring(0, end)
                                + name
                                + "."
                                + (renamed ? self + rest.substring(SELF.length()) : rest));
            }
        }
        return Optional.empty();
    }
}
