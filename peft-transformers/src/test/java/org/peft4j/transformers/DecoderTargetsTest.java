package org.peft4j.transformers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.peft4j.core.BaseModel;
import org.peft4j.core.files.JsonFields;
import org.peft4j.core.points.EmbeddingPoint;
import org.peft4j.core.points.InjectionPoint;
import org.peft4j.core.points.LinearPoint;
import org.peft4j.core.points.LinearRole;
import org.peft4j.core.points.NormPoint;
import org.peft4j.core.targets.TargetModule;
import org.peft4j.core.targets.TargetModule.Kind;
import org.peft4j.core.targets.TargetSpec;
import org.peft4j.core.targets.Targets;
import org.peft4j.fixtures.Fixtures;

/** Decoders have the modules that Hugging Face's have, and peft's targets mean the same in them. */
final class DecoderTargetsTest {

    private static final JsonObject GOLDEN = Fixtures.goldenJson("targets");
    private static final Set<LinearRole> DEFAULTS =
            Set.of(LinearRole.QUERY, LinearRole.VALUE, LinearRole.QUERY_KEY_VALUE);

    private static Stream<String> names() {
        Stream<String> heads = Stream.of("llama-heads", "gpt2-heads", "opt-heads");
        return Stream.concat(Decoders.oneOfEachKind(), heads)
                .filter(GOLDEN.getAsJsonObject("models")::has);
    }

    @ParameterizedTest
    @MethodSource("names")
    void hasTheModulesOfHuggingFace(String name) {
        try (BaseModel base = Checkpoints.open(Fixtures.base(name))) {
            assertEquals(
                    modules(name, List.of("Linear", "Conv1D")), paths(base, LinearPoint.class));
            assertEquals(modules(name, List.of("Norm")), paths(base, NormPoint.class));
            assertEquals(modules(name, List.of("Embedding")), paths(base, EmbeddingPoint.class));
        }
    }

    private static Set<String> modules(String name, List<String> classEndings) {
        Set<String> paths = new TreeSet<>();
        for (JsonElement element :
                GOLDEN.getAsJsonObject("models").getAsJsonObject(name).getAsJsonArray("modules")) {
            JsonObject module = element.getAsJsonObject();
            if (classEndings.stream().anyMatch(module.get("class").getAsString()::endsWith)) {
                String path = module.get("path").getAsString();
                if (!path.contains("rotary_emb")) {
                    paths.add(path);
                }
            }
        }
        return paths;
    }

    private static Set<String> paths(BaseModel base, Class<? extends InjectionPoint> kind) {
        return new TreeSet<>(base.points().paths(kind));
    }

    @ParameterizedTest
    @MethodSource("names")
    void selectsWhatPeftSelects(String name) {
        int compared = 0;
        try (BaseModel base = Checkpoints.open(Fixtures.base(name))) {
            List<TargetModule> modules = TargetModule.of(base.points());
            for (JsonElement element : GOLDEN.getAsJsonArray("cases")) {
                JsonObject options = element.getAsJsonObject();
                if (options.get("base").getAsString().equals(name) && isPlain(options)) {
                    assertEquals(
                            new TreeSet<>(strings(options, "targeted_module_names")),
                            new TreeSet<>(select(options, modules)),
                            options.toString());
                    compared++;
                }
            }
        }
        assertTrue(compared > 0, "no case");
    }

    /** Those of the other kinds are about the matching itself, which is tested where it is. */
    private static boolean isPlain(JsonObject options) {
        return Stream.of("error", "exclude_modules", "layers_to_transform").noneMatch(options::has);
    }

    private static List<String> select(JsonObject options, List<TargetModule> modules) {
        JsonFields json = JsonFields.of(Path.of("adapter_config.json"), options);
        List<String> saved =
                options.has("modules_to_save") ? strings(options, "modules_to_save") : List.of();
        return Targets.of(TargetSpec.read(json, "target_modules"))
                .settle(modules, DEFAULTS)
                .select(modules, Set.of(Kind.LINEAR, Kind.EMBEDDING), saved)
                .selected();
    }

    private static List<String> strings(JsonObject options, String key) {
        List<String> values = new ArrayList<>();
        options.getAsJsonArray(key).forEach(value -> values.add(value.getAsString()));
        return values;
    }
}
