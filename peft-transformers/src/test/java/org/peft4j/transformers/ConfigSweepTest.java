package org.peft4j.transformers;

import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.files.JsonFiles;
import org.peft4j.fixtures.Fixtures;

/**
 * Whatever a field of config.json holds, a checkpoint opens and computes, or is refused in words.
 */
final class ConfigSweepTest {

    private static final List<String> VALUES =
            List.of(
                    "2147483647",
                    "100000000",
                    "1000000",
                    "0",
                    "-1",
                    "1",
                    "1e300",
                    "1e-300",
                    "NaN",
                    "-Infinity",
                    "\"x\"",
                    "[]",
                    "{}",
                    "null",
                    "true");
    private static final int CASES = Integer.getInteger("peft4j.sweep", 150);
    private static final int LONGEST = 2_000;

    @TempDir Path directory;

    private record Case(String base, String field, String value) {}

    @Test
    void nothingButWordsComesOfIt() throws Exception {
        long seed = Long.getLong("peft4j.seed", 20_260_801);
        Random random = new Random(seed);
        List<Case> all = cases();
        for (int i = 0; i < CASES; i++) {
            Case one = all.get(random.nextInt(all.size()));
            try {
                open(one);
            } catch (PeftException e) {
                String message = String.valueOf(e.getMessage());
                assertTrue(message.length() < LONGEST, () -> one + ": " + message);
            } catch (RuntimeException | Error e) {
                throw new AssertionError(one + " with -Dpeft4j.seed=" + seed, e);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "bart,encoder_layers",
        "bart,decoder_layers",
        "bert,num_hidden_layers",
        "distilbert,n_layers",
        "gemma2,num_hidden_layers",
        "gpt2,n_layer",
        "gpt-neox,num_hidden_layers",
        "llama,num_hidden_layers",
        "mistral,num_hidden_layers",
        "opt,num_hidden_layers",
        "phi3,num_hidden_layers",
        "qwen3-window,num_hidden_layers",
        "roberta,num_hidden_layers",
        "t5,num_layers",
        "t5,num_decoder_layers",
    })
    void layersThatNoFileHoldsAreRefusedBeforeTheyAreMade(String base, String field) {
        for (String count : List.of("100000000", "2147483647", "1000")) {
            String part =
                    field + " must be the number of layers that the weights are of, which are";
            assertTimeoutPreemptively(
                    Duration.ofSeconds(5),
                    () -> Refused.because(part, () -> open(new Case(base, field, count))));
        }
    }

    @Test
    void labelsAreBounded() {
        Refused.because(
                "num_labels must be at most",
                () -> open(new Case("bert-heads", "num_labels", "100000000")));
    }

    private static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (String base : Fixtures.bases()) {
            JsonObject config = JsonFiles.read(Fixtures.base(base).resolve("config.json"));
            for (String field : config.keySet()) {
                VALUES.forEach(value -> cases.add(new Case(base, field, value)));
            }
        }
        return cases;
    }

    private void open(Case one) throws Exception {
        Path folder = Files.createTempDirectory(directory, "case");
        Fixtures.copy(Fixtures.base(one.base), folder);
        Path file = folder.resolve("config.json");
        JsonObject config = JsonFiles.read(file);
        config.add(one.field, JsonFiles.parse(file, "{\"v\": " + one.value + "}").get("v"));
        if (one.field.equals("num_labels")) {
            config.remove("id2label");
        }
        Files.writeString(file, config.toString());
        use(folder);
    }

    private static void use(Path folder) {
        TokenBatch batch = TokenBatch.of(new long[] {5, 6, 7});
        try (BaseModel base = Checkpoints.open(folder);
                PeftModel model = PeftModel.of(base)) {
            boolean twoSided = List.of("t5", "mt5", "bart").contains(base.info().modelType());
            model.logits(AdapterSelection.none(), twoSided ? batch.withSource(batch) : batch)
                    .close();
        }
    }
}
