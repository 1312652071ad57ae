package org.peft4j.adapter.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.peft4j.adapter.Bases;
import org.peft4j.core.Adapter;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TaskType;
import org.peft4j.core.TokenBatch;
import org.peft4j.fixtures.Compare;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.Golden;
import org.peft4j.fixtures.Tensors;
import org.peft4j.transformers.HeadOptions;

/** Heads of AdapterHub's own model classes answer here what they answer there. */
final class NumberedHeadTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "head-bert",
                "head-bert-pooled",
                "head-roberta",
                "head-distilbert",
                "head-bart",
                "head-bert-tokens",
                "head-bert-spans"
            })
    void theHeadTakesThePlaceOfTheBasesOwn(String name, @TempDir Path directory) {
        Golden golden = Fixtures.golden("hub/" + name);
        TokenBatch batch = golden.batch("");
        try (BaseModel base = open(name);
                PeftModel model = PeftModel.of(base)) {
            model.load("task", Fixtures.hub(name));
            float[] logits = Tensors.logits(model, AdapterSelection.of("task"), batch);
            compare(name, base, golden, logits);
            model.save("task", directory.resolve("ours"));
            model.load("again", directory.resolve("ours"));
            assertArrayEquals(
                    logits, Tensors.logits(model, AdapterSelection.of("again"), batch), 0);
            model.save("task", directory.resolve("hub"), new AdapterHub());
            model.load("hub", directory.resolve("hub"));
            assertArrayEquals(logits, Tensors.logits(model, AdapterSelection.of("hub"), batch), 0);
        }
    }

    private static void compare(String name, BaseModel base, Golden golden, float[] logits) {
        switch (base.info().task()) {
            case TOKEN_CLS ->
                    Compare.closeWhere(
                            name,
                            golden.longs("attention_mask"),
                            golden.floats("logits"),
                            logits,
                            1e-5);
            case QUESTION_ANS -> {
                long[] mask = golden.longs("attention_mask");
                Compare.closeWhere(
                        name, mask, golden.floats("start_logits"), every(logits, 0), 1e-5);
                Compare.closeWhere(name, mask, golden.floats("end_logits"), every(logits, 1), 1e-5);
            }
            default -> Compare.close(name, golden.floats("logits"), logits, 1e-5);
        }
    }

    /** Every second element from a first one on. */
    private static float[] every(float[] values, int first) {
        float[] some = new float[values.length / 2];
        for (int i = 0; i < some.length; i++) {
            some[i] = values[2 * i + first];
        }
        return some;
    }

    private static BaseModel open(String name) {
        JsonObject about = Fixtures.goldenJson("hub/" + name);
        TaskType task = TaskType.valueOf(about.get("task").getAsString());
        HeadOptions head =
                task == TaskType.TOKEN_CLS
                        ? HeadOptions.tokenClassification("a", "b", "c")
                        : HeadOptions.of(task);
        return Bases.open(about.get("base").getAsString(), head);
    }

    /** Another activation, other linears, no bias, or none of all this. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "head-bert | \"tanh\" | \"gelu\"",
                "head-roberta | \"layers\": 2 | \"layers\": 3",
                "head-bert | \"classification\" | \"multiple_choice\"",
                "head-bert-pooled | \"use_pooler\": true | \"use_pooler\": false",
                "head-bert | \"bias\": true | \"bias\": false",
                "head-bert | \"layers\" | \"depth\""
            })
    void anotherHeadIsLeft(String name, String part, String other, @TempDir Path directory)
            throws IOException {
        Path copy = Fixtures.copy(Fixtures.hub(name), directory);
        Path config = copy.resolve("head_config.json");
        Files.writeString(config, Files.readString(config).replace(part, other));
        try (BaseModel base = open(name);
                PeftModel model = PeftModel.of(base)) {
            Adapter loaded = model.load("task", copy);
            assertEquals(List.of(), loaded.config().modulesToSave());
        }
    }

    @Test
    void aHeadAloneDoesNotChangeAPoolerThatItReads() {
        try (BaseModel base = open("head-bert-pooled");
                PeftModel model = PeftModel.of(base)) {
            Adapter pooled = model.load("pooled", Fixtures.hub("head-bert-pooled"));
            assertEquals(List.of("classifier"), pooled.config().modulesToSave());
            Adapter own = model.load("own", Fixtures.hub("head-bert"));
            assertEquals(List.of("bert.pooler.dense", "classifier"), own.config().modulesToSave());
        }
    }
}
