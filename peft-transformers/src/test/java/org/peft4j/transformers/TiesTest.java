package org.peft4j.transformers;

import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.ops.Tensor;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.Golden;

/**
 * A config ties the head to the embeddings, and the file says otherwise: it is believed, as by
 * {@code transformers} 5.
 */
final class TiesTest {

    private static final double LIMIT = 1e-5;

    @TempDir private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"gpt2-own-head", "qwen3-own-head", "bart-own-head"})
    void keepsAHeadThatDiffersFromTheTable(String name) {
        Golden golden = Fixtures.golden("bases/" + name);
        try (BaseModel base = Checkpoints.open(Fixtures.base(name));
                PeftModel model = PeftModel.of(base)) {
            compare(model, golden.batch(""), golden.floats("logits"));
            model.writeMerged(directory);
        }
        try (BaseModel base = Checkpoints.open(directory);
                PeftModel model = PeftModel.of(base)) {
            compare(model, golden.batch(""), golden.floats("logits"));
        }
    }

    @ParameterizedTest
    @CsvSource({"qwen3-head-only, qwen3", "bart-head-only, bart"})
    void readsTheTableFromTheHead(String name, String twin) {
        Golden golden = Fixtures.golden("bases/" + twin);
        try (BaseModel base = Checkpoints.open(Fixtures.base(name));
                PeftModel model = PeftModel.of(base)) {
            compare(model, golden.batch(""), golden.floats("logits"), mask(golden));
            model.writeMerged(directory);
        }
        try (BaseModel base = Checkpoints.open(directory);
                PeftModel model = PeftModel.of(base)) {
            compare(model, golden.batch(""), golden.floats("logits"), mask(golden));
        }
    }

    private static long[] mask(Golden golden) {
        String decoder = "decoder_attention_mask";
        return golden.longs(golden.contains(decoder) ? decoder : "attention_mask");
    }

    private static void compare(PeftModel model, TokenBatch batch, float[] expected, long... mask) {
        try (Tensor logits = model.logits(AdapterSelection.none(), batch)) {
            long[] all = new long[batch.inputIds().length];
            Arrays.fill(all, 1);
            Compare.close(
                    "logits", expected, logits.toFloats(), mask.length == 0 ? all : mask, LIMIT);
        }
    }
}
