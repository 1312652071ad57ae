package org.peft4j.train.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.peft4j.core.BadFileException;
import org.peft4j.core.Parameter;
import org.peft4j.core.PeftException;
import org.peft4j.core.files.AtomicFiles;
import org.peft4j.core.files.SafetensorsFile;
import org.peft4j.core.files.SafetensorsWriter;
import org.peft4j.core.ops.OperatorDoor;
import org.peft4j.core.ops.Tensor;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.Golden;
import org.peft4j.fixtures.GoldenTensor;

final class AdamWTest {

    private static final Golden GOLDEN = Fixtures.golden("optim");
    private static final JsonObject FACTS = Fixtures.goldenJson("optim");
    private static final int PARAMETERS = FACTS.get("parameters").getAsInt();

    private final OperatorDoor door = OperatorDoor.open(Device.cpu());

    @AfterEach
    void close() {
        door.close();
    }

    private Tensor tensor(String name) {
        GoldenTensor golden = GOLDEN.get(name);
        return door.weights().floats(golden.floats(), golden.shape());
    }

    private Map<String, Parameter> parameters(String prefix) {
        Map<String, Parameter> parameters = new LinkedHashMap<>();
        for (int i = 0; i < PARAMETERS; i++) {
            parameters.put("p" + i, new Parameter("p" + i, tensor(prefix + i)));
        }
        return parameters;
    }

    private static Parameter get(Map<String, Parameter> parameters, int i) {
        return Objects.requireNonNull(parameters.get("p" + i));
    }

    private void setGradients(Map<String, Parameter> parameters, String run, int step) {
        for (int i = 0; i < PARAMETERS; i++) {
            get(parameters, i).setGradient(tensor(run + ".grad." + step + "." + i));
        }
    }

    private static void compare(Map<String, Parameter> parameters, String run, int step) {
        for (int i = 0; i < PARAMETERS; i++) {
            assertArrayEquals(
                    GOLDEN.floats(run + ".after." + step + "." + i),
                    get(parameters, i).value().toFloats(),
                    5e-7f,
                    run + " step " + step + " parameter " + i);
        }
    }

    private static AdamWOptions options(String run) {
        JsonObject facts = FACTS.getAsJsonObject("adamw").getAsJsonObject(run);
        JsonArray betas = facts.getAsJsonArray("betas");
        return new AdamWOptions(
                betas.get(0).getAsDouble(),
                betas.get(1).getAsDouble(),
                facts.get("eps").getAsDouble(),
                facts.get("weight_decay").getAsDouble(),
                List.of());
    }

    private static double rate(String run) {
        return FACTS.getAsJsonObject("adamw").getAsJsonObject(run).get("lr").getAsDouble();
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "decay", "large-eps", "other-betas"})
    void equalsTorch(String run) {
        Map<String, Parameter> parameters = parameters(run + ".before.");
        try (AdamW optimizer = new AdamW(door, options(run), parameters)) {
            for (int step = 0; step < 5; step++) {
                setGradients(parameters, run, step);
                optimizer.step(rate(run));
                compare(parameters, run, step);
            }
        }
    }

    @Test
    void goesOnFromASavedStateToTheSameBits(@TempDir Path directory) {
        Map<String, Parameter> straight = parameters("decay.before.");
        Path file = directory.resolve("optimizer.safetensors");
        try (AdamW optimizer = new AdamW(door, options("decay"), straight)) {
            for (int step = 0; step < 5; step++) {
                setGradients(straight, "decay", step);
                optimizer.step(rate("decay"));
                if (step == 1) {
                    AtomicFiles.writeFile(
                            file, SafetensorsWriter.body(optimizer.state(), Map.of()));
                }
            }
        }
        Map<String, Parameter> resumed = parameters("decay.after.1.");
        try (AdamW optimizer = new AdamW(door, options("decay"), resumed)) {
            optimizer.restore(SafetensorsFile.open(file));
            for (int step = 2; step < 5; step++) {
                setGradients(resumed, "decay", step);
                optimizer.step(rate("decay"));
            }
        }
        compare(resumed, "decay", 4);
    }

    @Test
    void aParameterWithoutGradientNeitherMovesNorCounts() {
        Map<String, Parameter> parameters = parameters("plain.before.");
        try (AdamW optimizer = new AdamW(door, options("plain"), parameters)) {
            setGradients(parameters, "plain", 0);
            get(parameters, 1).setGradient(null);
            optimizer.step(rate("plain"));
            assertArrayEquals(
                    GOLDEN.floats("plain.before.1"), get(parameters, 1).value().toFloats());
            assertArrayEquals(
                    GOLDEN.floats("plain.after.0.0"), get(parameters, 0).value().toFloats(), 5e-7f);
            assertEquals(6, optimizer.state().size(), "two parameters with three tensors each");

            setGradients(parameters, "plain", 0);
            optimizer.step(rate("plain"));
            // Its first step is a first step, bias correction included.
            assertArrayEquals(
                    GOLDEN.floats("plain.after.0.1"), get(parameters, 1).value().toFloats(), 5e-7f);
        }
    }

    @Test
    void parametersNamedSoDoNotDecay() {
        Map<String, Parameter> parameters = parameters("plain.before.");
        AdamWOptions options = new AdamWOptions(0.9, 0.999, 1e-8, 0.5, List.of("0", "2"));
        try (AdamW optimizer = new AdamW(door, options, parameters)) {
            setGradients(parameters, "plain", 0);
            optimizer.step(rate("plain"));
        }
        assertArrayEquals(
                GOLDEN.floats("plain.after.0.2"), get(parameters, 2).value().toFloats(), 5e-7f);
        float[] before = GOLDEN.floats("plain.before.1");
        float[] without = GOLDEN.floats("plain.after.0.1");
        float[] decayed = get(parameters, 1).value().toFloats();
        for (int i = 0; i < before.length; i++) {
            assertEquals(without[i] - rate("plain") * 0.5 * before[i], decayed[i], 1e-6);
        }
    }

    @Test
    void aStateOfOtherParametersIsRefused(@TempDir Path directory) {
        Path file = directory.resolve("optimizer.safetensors");
        Map<String, Parameter> parameters = parameters("plain.before.");
        try (AdamW optimizer = new AdamW(door, options("plain"), parameters)) {
            setGradients(parameters, "plain", 0);
            optimizer.step(rate("plain"));
            AtomicFiles.writeFile(file, SafetensorsWriter.body(optimizer.state(), Map.of()));
        }
        SafetensorsFile saved = SafetensorsFile.open(file);
        Map<String, Parameter> fewer = new LinkedHashMap<>(parameters);
        fewer.remove("p2");
        try (AdamW optimizer = new AdamW(door, options("plain"), fewer)) {
            String message = refusal(optimizer, saved);
            assertTrue(message.contains("p2"), message);
        }
        Map<String, Parameter> exchanged = new LinkedHashMap<>(parameters);
        exchanged.put("p0", get(parameters, 1));
        try (AdamW optimizer = new AdamW(door, options("plain"), exchanged)) {
            String message = refusal(optimizer, saved);
            assertTrue(message.contains("exp_avg.p0"), message);
        }
    }

    private static String refusal(AdamW optimizer, SafetensorsFile saved) {
        return String.valueOf(
                assertThrows(BadFileException.class, () -> optimizer.restore(saved)).getMessage());
    }

    @Test
    void stepsLeakNothing() {
        Map<String, Parameter> parameters = parameters("plain.before.");
        try (AdamW optimizer = new AdamW(door, options("plain"), parameters)) {
            setGradients(parameters, "plain", 0);
            optimizer.step(rate("plain"));
            long open = door.openTensors();
            for (int step = 1; step < 5; step++) {
                setGradients(parameters, "plain", step);
                optimizer.step(rate("plain"));
            }
            assertEquals(open, door.openTensors());
        }
    }

    @Test
    void wrongOptionsAreNamed() {
        PeftException error =
                assertThrows(
                        PeftException.class, () -> new AdamWOptions(0.9, 1, 1e-8, 0, List.of()));
        assertEquals("beta2 must be at least 0 and less than 1 but is 1.0.", error.getMessage());
    }
}
