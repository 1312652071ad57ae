package org.peft4j.transformers;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.peft4j.core.AdapterBuilder;
import org.peft4j.core.AdapterOrigin;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftMethod;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.AttentionFlow;
import org.peft4j.core.points.AttentionPlacement;
import org.peft4j.core.points.AttentionPoint;
import org.peft4j.core.points.InputFlow;
import org.peft4j.core.points.InputPlacement;
import org.peft4j.core.points.InputPoint;
import org.peft4j.core.points.KeysAndValues;
import org.peft4j.core.points.PrefixPlacement;

/**
 * A method that notes the keys and values of a text, or puts those of a noted text before others in
 * every attention, as a prefix does.
 */
public final class PrefixProbe implements PeftMethod {

    /**
     * What to do.
     *
     * @param notes keys and values by the path of their attention; written or read
     * @param length the positions to put before; 0 to note
     */
    record PrefixConfig(Map<String, AttentionFlow> notes, int length) implements PeftConfig {
        @Override
        public String peftType() {
            return "PREFIX_PROBE";
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
        return "PREFIX_PROBE";
    }

    @Override
    public PeftConfig readConfig(JsonFields json) {
        return new PrefixConfig(Map.of(), 0);
    }

    @Override
    public void build(PeftConfig config, AdapterBuilder builder) {
        PrefixConfig prefix = (PrefixConfig) config;
        InputPoint input =
                builder.points().of(InputPoint.class).stream()
                        .filter(point -> point.kind() == InputPoint.Kind.DECODER)
                        .findFirst()
                        .orElseThrow();
        for (AttentionPoint point : builder.points().of(AttentionPoint.class)) {
            if (point.kind() == AttentionPoint.Kind.CROSS
                    || !point.path().startsWith(input.path())) {
                continue;
            }
            builder.place(
                    point,
                    prefix.length() == 0
                            ? new Note(point.path(), prefix.notes())
                            : new Before(point.path(), prefix.notes(), prefix.length()));
        }
        if (prefix.length() > 0) {
            InputPlacement shift =
                    (context, flow) ->
                            new InputFlow(
                                    flow.embeddings(), flow.layout().withPast(prefix.length()));
            builder.place(input, shift);
        }
    }

    private record Note(String path, Map<String, AttentionFlow> notes)
            implements AttentionPlacement {
        @Override
        public AttentionFlow before(ForwardContext context, AttentionFlow flow) {
            context.ops().release(flow.keys());
            context.ops().release(flow.values());
            notes.put(path, flow);
            return flow;
        }
    }

    private record Before(String path, Map<String, AttentionFlow> notes, int tokens)
            implements PrefixPlacement {
        @Override
        public KeysAndValues prefix(ForwardContext context, AttentionPoint point, Tensor read) {
            AttentionFlow noted = Objects.requireNonNull(notes.get(path));
            return new KeysAndValues(noted.keys(), noted.values());
        }
    }
}
