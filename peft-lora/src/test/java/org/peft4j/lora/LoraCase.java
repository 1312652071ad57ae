package org.peft4j.lora;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.List;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftModel;
import org.peft4j.core.SequenceLayout;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.files.JsonFields;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.Golden;
import org.peft4j.transformers.Checkpoints;
import org.peft4j.transformers.LoadOptions;

/**
 * An adapter that peft saved, and what Python computed with it.
 *
 * @param name the fixture
 */
record LoraCase(String name) {

    /** The names of the LoRA fixtures for language modelling on decoders. */
    static List<String> names() {
        return Fixtures.adapters().stream().filter(LoraCase::isLora).toList();
    }

    private static boolean isLora(String name) {
        JsonFields config = JsonFields.read(Fixtures.adapter(name).resolve("adapter_config.json"));
        return config.string("peft_type").equals(LoraConfig.PEFT_TYPE)
                && config.optionalString("task_type").orElse("CAUSAL_LM").equals("CAUSAL_LM");
    }

    static BaseModel open(String base) {
        return Checkpoints.open(Fixtures.base(base), LoadOptions.defaults().withName(base));
    }

    Path directory() {
        return Fixtures.adapter(name);
    }

    Golden golden() {
        return Fixtures.golden("adapters/" + name);
    }

    JsonObject facts() {
        return Fixtures.goldenJson("adapters/" + name);
    }

    String baseName() {
        return facts().get("base").getAsString();
    }

    BaseModel openBase() {
        return open(baseName());
    }

    /** The adapter's own file, read as settings. */
    LoraConfig config() {
        return new LoraMethod()
                .readConfig(JsonFields.read(directory().resolve("adapter_config.json")));
    }

    /** Loads the adapter, ready to be trained. */
    PeftModel load(BaseModel base) {
        PeftModel model = PeftModel.of(base);
        model.load("default", directory()).setTrainable(true);
        return model;
    }

    boolean isBfloat16() {
        return baseName().endsWith("bf16");
    }

    /** The two batches of the 20 steps. */
    List<TokenBatch> trainingBatches() {
        Golden golden = golden();
        int rows = golden.get("steps.input_ids").size(1);
        int length = golden.get("steps.input_ids").size(2);
        return java.util.stream.IntStream.range(0, 2)
                .mapToObj(
                        i ->
                                new TokenBatch(
                                        new SequenceLayout(
                                                rows,
                                                0,
                                                length,
                                                golden.get("steps.attention_mask").longs(i)),
                                        golden.get("steps.input_ids").longs(i),
                                        golden.get("steps.labels").longs(i)))
                .toList();
    }
}
