package org.peft4j.transformers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TaskType;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.files.JsonFiles;
import org.peft4j.core.ops.DType;
import org.peft4j.core.ops.Tensor;
import org.peft4j.fixtures.Fixtures;

/** Configs mean what they mean in transformers. */
final class ConfigParityTest {

    private static final double LIMIT = 1e-5;
    private static final double LIMIT_BFLOAT16 = 0.03;

    @TempDir Path directory;

    static Stream<JsonObject> fields() {
        return StreamSupport.stream(
                        Fixtures.goldenJson("configs").getAsJsonArray("fields").spliterator(),
                        false)
                .map(JsonElement::getAsJsonObject);
    }

    static Stream<String> dtypes() {
        return Fixtures.goldenJson("configs").getAsJsonObject("dtypes").keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("fields")
    void fieldsCount(JsonObject expected) throws Exception {
        String name = expected.get("base").getAsString();
        Fixtures.copy(Fixtures.base(name), directory);
        Path file = directory.resolve("config.json");
        JsonObject config = JsonFiles.read(file);
        expected.getAsJsonObject("fields")
                .entrySet()
                .forEach(e -> config.add(e.getKey(), e.getValue()));
        Files.writeString(file, config.toString());
        boolean encoder = name.equals("bert") || name.equals("distilbert");
        LoadOptions options = LoadOptions.defaults();
        try (BaseModel base =
                Checkpoints.open(
                        directory,
                        encoder ? options.withTask(TaskType.FEATURE_EXTRACTION) : options)) {
            assertClose(expected, name, base, LIMIT);
        }
    }

    @ParameterizedTest
    @MethodSource("dtypes")
    void theDtypeIsTheConfigs(String name) {
        JsonObject expected =
                Fixtures.goldenJson("configs").getAsJsonObject("dtypes").getAsJsonObject(name);
        DType dtype = DType.valueOf(expected.get("dtype").getAsString().toUpperCase(Locale.ROOT));
        try (BaseModel base = Checkpoints.open(Fixtures.dtypes(name))) {
            // on the CPU nothing computes in float64
            assertEquals(dtype == DType.FLOAT64 ? DType.FLOAT32 : dtype, base.info().dtype());
            assertClose(expected, name, base, dtype == DType.BFLOAT16 ? LIMIT_BFLOAT16 : LIMIT);
        }
    }

    private static void assertClose(
            JsonObject expected, String name, BaseModel base, double limit) {
        long[] ids =
                StreamSupport.stream(expected.getAsJsonArray("ids").spliterator(), false)
                        .mapToLong(JsonElement::getAsLong)
                        .toArray();
        TokenBatch batch =
                name.startsWith("t5") || name.startsWith("bart")
                        ? TokenBatch.of(Arrays.copyOf(ids, 3)).withSource(TokenBatch.of(ids))
                        : TokenBatch.of(ids);
        try (PeftModel model = PeftModel.of(base);
                Tensor logits = model.logits(AdapterSelection.none(), batch)) {
            float[] all = logits.toFloats();
            int start = all.length - Math.toIntExact(logits.size(2));
            int i = 0;
            for (JsonElement value : expected.getAsJsonArray("last")) {
                float wanted = value.getAsFloat();
                assertEquals(wanted, all[start + i++], limit * (1 + Math.abs(wanted)));
            }
        }
    }
}
