package org.peft4j.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.peft4j.examples.finetune.FineTune;
import org.peft4j.examples.quickstart.Quickstart;
import org.peft4j.examples.tinybase.TinyBase;

/** Runs the programs as a user would, in processes of their own. */
class ProcessTest {

    private record Outcome(int exitCode, String output) {}

    @TempDir private Path directory = Path.of("");

    private static Outcome run(Class<?> program, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElse("java"));
        command.addAll(
                List.of(
                        "-Xmx512m",
                        "-Dai.djl.offline=true",
                        "-DOPT_OUT_TRACKING=true",
                        "-Djava.awt.headless=true",
                        "-cp",
                        System.getProperty("java.class.path"),
                        program.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("OMP_NUM_THREADS", "1");
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Outcome(process.waitFor(), output);
    }

    private Path pairs() throws IOException {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 12; i++) {
            lines.append("{\"prompt\": \"one ").append(i).append("\", \"completion\": \" two\"}\n");
        }
        return Files.writeString(directory.resolve("pairs.jsonl"), lines);
    }

    private Outcome fineTune(String... arguments) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--out", directory.resolve("out").toString()));
        all.addAll(List.of("--held-out", "4", "--samples", "1"));
        if (!all.contains("--steps")) {
            all.addAll(List.of("--steps", "2"));
        }
        return run(FineTune.class, all.toArray(new String[0]));
    }

    private void assertRefused(Outcome outcome, String... said) {
        assertEquals(1, outcome.exitCode(), outcome.output());
        assertTrue(outcome.output().contains("error: "), outcome.output());
        for (String text : said) {
            assertTrue(outcome.output().contains(text), outcome.output());
        }
        assertFalse(outcome.output().contains("\tat "), "a stack trace is no message");
        assertFalse(Files.exists(directory.resolve("out/adapter")));
    }

    @Test
    void fineTunesAndExitsWithZero() throws IOException, InterruptedException {
        Outcome outcome = fineTune("--data", pairs().toString());
        assertEquals(0, outcome.exitCode(), outcome.output());
        assertTrue(outcome.output().contains("trained 2 steps"), outcome.output());
        assertTrue(
                Files.exists(directory.resolve("out/adapter/adapter_model.safetensors")),
                outcome.output());
        assertTrue(Files.size(directory.resolve("out/loss.png")) > 1000, outcome.output());
    }

    @Test
    void theQuickstartRunsToItsEnd() throws IOException, InterruptedException {
        Outcome outcome =
                run(
                        Quickstart.class,
                        "--steps",
                        "2",
                        "--held-out",
                        "4",
                        "--out",
                        directory.toString());
        assertEquals(0, outcome.exitCode(), outcome.output());
        assertTrue(outcome.output().contains("merged checkpoint written"), outcome.output());
        assertTrue(Files.exists(directory.resolve("merged/model.safetensors")));
    }

    @Test
    void aMissingDataFileIsRefused() throws IOException, InterruptedException {
        assertRefused(fineTune("--data", directory.resolve("none.jsonl").toString()), "none.jsonl");
    }

    @Test
    void aBrokenLineOfDataIsRefused() throws IOException, InterruptedException {
        Path data = Files.writeString(directory.resolve("bad.jsonl"), "{\"prompt\": 1}\n");
        assertRefused(fineTune("--data", data.toString()), "bad.jsonl", "line 1");
    }

    @Test
    void aTruncatedCheckpointIsRefused() throws IOException, InterruptedException {
        Path base = TinyBase.copyTo(directory.resolve("base"));
        Path weights = base.resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        Files.write(weights, java.util.Arrays.copyOf(bytes, bytes.length / 2));
        assertRefused(
                fineTune("--data", pairs().toString(), "--base", base.toString()),
                "model.safetensors");
    }

    @Test
    void anUnknownFamilyIsRefused() throws IOException, InterruptedException {
        Path base = TinyBase.copyTo(directory.resolve("base"));
        Path config = base.resolve("config.json");
        Files.writeString(config, Files.readString(config).replace("\"llama\"", "\"llamma\""));
        assertRefused(
                fineTune("--data", pairs().toString(), "--base", base.toString()),
                "model_type",
                "llama",
                "mistral",
                "qwen2");
    }

    @Test
    void aMistypedTargetIsRefused() throws IOException, InterruptedException {
        assertRefused(
                fineTune("--data", pairs().toString(), "--targets", "q_porj"), "q_porj", "q_proj");
    }

    @Test
    void aDivergingTrainingIsRefused() throws IOException, InterruptedException {
        assertRefused(
                fineTune("--data", pairs().toString(), "--learning-rate", "1e30", "--steps", "20"),
                "step");
    }
}
