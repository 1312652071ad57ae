package org.peft4j.transformers;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.peft4j.core.AdapterBuilder;
import org.peft4j.core.AdapterOrigin;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftMethod;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.AttentionPoint;
import org.peft4j.core.points.KeysAndValues;
import org.peft4j.core.points.PrefixPlacement;

/**
 * A method with a prefix in the last self attention alone, which moves no positions: what a cache
 * holds of the sequence does not depend on it, so that it may be another one in every step.
 */
public final class LatePrefixProbe implements PeftMethod {

    /**
     * What to do.
     *
     * @param prefix what stands before the keys and values now
     * @param tokens how many there are
     * @param changes whether it is asked for in every pass
     */
    record LatePrefixConfig(AtomicReference<KeysAndValues> prefix, int tokens, boolean changes)
            implements PeftConfig {
        @Override
        public String peftType() {
            return "LATE_PREFIX_PROBE";
        }

        @Override
        public AdapterOrigin origin() {
            return AdapterOrigin.unknown();
        }

        @Override
        public List<String> modulesToSave() {
            return List.of();
        }

        @Override
        public JsonObject toJson() {
            return new JsonObject();
        }

        @Override
        public PeftConfig withModulesToSave(List<String> names) {
            return this;
        }

        @Override
        public PeftConfig withBaseModel(String nameOrPath) {
            return this;
        }
    }

    @Override
    public String peftType() {
        return "LATE_PREFIX_PROBE";
    }

    @Override
    public PeftConfig readConfig(JsonFields json) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void build(PeftConfig config, AdapterBuilder builder) {
        List<AttentionPoint> points = builder.points().of(AttentionPoint.class);
        builder.place(points.get(points.size() - 1), new Late((LatePrefixConfig) config));
    }

    private record Late(LatePrefixConfig config) implements PrefixPlacement {
        @Override
        public int tokens() {
            return config.tokens();
        }

        @Override
        public boolean changes() {
            return config.changes();
        }

        @Override
        public KeysAndValues prefix(ForwardContext context, AttentionPoint point, Tensor read) {
            return Objects.requireNonNull(config.prefix().get());
        }
    }
}
