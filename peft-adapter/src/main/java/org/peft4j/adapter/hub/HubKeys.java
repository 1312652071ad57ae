package org.peft4j.adapter.hub;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.peft4j.core.AdapterBuilder;
import org.peft4j.core.BaseModel;
import org.peft4j.core.points.AdapterPlace;
import org.peft4j.core.points.SublayerPoint;

/**
 * Translates the names of tensors. AdapterHub's hold the adapter's name, {@code
 * bert.encoder.layer.0.output.adapters.NAME.adapter_up.weight}; this library's do not, and begin
 * with {@code base_model.model.}.
 */
final class HubKeys {

    private static final List<String> HOLDERS =
            List.of("adapters.", "shared_parameters.", "adapter_fusion_layer.");
    private static final String SHARED = "shared_parameters.";

    /** Names of older versions; none is the beginning of another. */
    private static final Map<String, String> OLDER =
            Map.of(
                    "attention_text_task_adapters.", "adapters.",
                    "attention_text_lang_adapters.", "adapters.",
                    "layer_text_task_adapters.", "adapters.",
                    "layer_text_lang_adapters.", "adapters.");

    private final String name;
    private final List<AdapterPlace> places;

    HubKeys(String name, BaseModel base) {
        this.name = name;
        this.places =
                base.points().of(SublayerPoint.class).stream().map(SublayerPoint::place).toList();
    }

    /** Returns this library's name of an adapter's tensor, if it is one. */
    Optional<String> toOurs(String hubKey) {
        String key = hubKey;
        for (Map.Entry<String, String> older : OLDER.entrySet()) {
            key = key.replace("." + older.getKey(), "." + older.getValue());
        }
        for (String holder : HOLDERS) {
            String named = holder + name + ".";
            int at = indexOf(key, named);
            if (at >= 0) {
                String path = at == 0 ? "" : key.substring(0, at - 1);
                String rest = key.substring(at + named.length());
                return Optional.of(join(here(path, holder), holder + rest));
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

    private static String join(String path, String rest) {
        return AdapterBuilder.KEY_PREFIX + (path.isEmpty() ? rest : path + "." + rest);
    }

    /** A model with a head calls the transformer by a prefix that one without has not. */
    private String here(String path, String holder) {
        if (holder.equals(SHARED)) {
            return places.isEmpty() ? path : places.get(0).root();
        }
        for (AdapterPlace place : places) {
            if (place.path().equals(path)
                    || place.path().equals(place.root() + "." + path)
                    || (place.root().isEmpty() && path.endsWith("." + place.path()))) {
                return place.path();
            }
        }
        return path;
    }

    /** Returns AdapterHub's name of one of an adapter's own tensors, if it is one. */
    Optional<String> toHub(String ourKey) {
        String key = ourKey.substring(AdapterBuilder.KEY_PREFIX.length());
        for (String holder : HOLDERS) {
            int at = indexOf(key, holder);
            if (at >= 0) {
                int end = at + holder.length();
                return Optional.of(key.substring(0, end) + name + "." + key.substring(end));
            }
        }
        return Optional.empty();
    }
}
