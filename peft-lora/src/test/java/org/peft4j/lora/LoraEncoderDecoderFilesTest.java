package org.peft4j.lora;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TaskType;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.files.CheckpointDirectory;
import org.peft4j.core.files.SafetensorsWriter;
import org.peft4j.core.files.StoredType;
import org.peft4j.core.files.TensorSource;
import org.peft4j.core.ops.Tensor;
import org.peft4j.fixtures.Compare;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.Golden;
import org.peft4j.fixtures.Tensors;
import org.peft4j.transformers.Checkpoints;

/**
 * Merged encoder-decoders open with the same logits, whichever of the modules that share a table
 * have changed. With {@code -Dpeft4j.export=FOLDER} the files are also written for {@code
 * check_java_exports.py}.
 */
final class LoraEncoderDecoderFilesTest {

    private static final AdapterSelection NONE = AdapterSelection.none();
    private static final AdapterSelection ADAPTER = AdapterSelection.of("default");

    /** A base and what of it is targeted; the file must hold these names of the shared table. */
    private record Case(String base, List<String> targets, List<String> tables) {}

    /**
     * What peft cannot adapt as it is: transformers 5 computes nothing with the module {@code
     * shared}, and BART's positions have no ids.
     */
    private static final Set<String> NOT_IN_PEFT = Set.of("shared", "embed_positions");

    private static final List<String> SHARED = List.of("shared");
    private static final List<String> ALL = List.of("shared", "encoder", "decoder", "lm_head");

    private static final Map<String, Case> CASES =
            Map.ofEntries(
                    Map.entry(
                            "t5-linears",
                            new Case(
                                    "t5",
                                    List.of("q", "v", "wi", "wo", "relative_attention_bias"),
                                    SHARED)),
                    Map.entry("t5-shared", new Case("t5", List.of("shared"), ALL)),
                    Map.entry(
                            "t5-encoder-table",
                            new Case("t5", List.of("encoder.embed_tokens"), ALL)),
                    Map.entry(
                            "t5-all-tables",
                            new Case("t5", List.of("shared", "embed_tokens", "lm_head"), ALL)),
                    Map.entry(
                            "t5-legacy-linears", new Case("t5-legacy", List.of("q", "v"), SHARED)),
                    Map.entry(
                            "t5-gated-tables",
                            new Case("t5-gated", List.of("wi_0", "embed_tokens"), ALL)),
                    Map.entry(
                            "bart-linears",
                            new Case(
                                    "bart",
                                    List.of("q_proj", "fc1", "out_proj", "embed_positions"),
                                    SHARED)),
                    Map.entry("bart-head", new Case("bart", List.of("lm_head"), ALL)),
                    Map.entry(
                            "bart-scaled-tables",
                            new Case("bart-scaled", List.of("embed_tokens"), ALL)),
                    Map.entry(
                            "bart-scaled-shared", new Case("bart-scaled", List.of("shared"), ALL)));

    private static List<String> names() {
        return CASES.keySet().stream().sorted().toList();
    }

    @TempDir private Path temporary;

    @ParameterizedTest
    @MethodSource("names")
    void mergedOpensAgain(String name) throws IOException {
        Case one = Objects.requireNonNull(CASES.get(name));
        Path folder =
                Optional.ofNullable(System.getProperty(ExportTest.FOLDER))
                        .map(Path::of)
                        .orElse(temporary)
                        .resolve(name);
        Golden golden = Fixtures.golden("bases/" + one.base().replace("-legacy", ""));
        TokenBatch batch = golden.batch("");
        float[] with;
        float[] merged;
        try (BaseModel base = Bases.open(one.base());
                PeftModel model = PeftModel.of(base)) {
            LoraConfig config =
                    LoraConfig.builder()
                            .rank(4)
                            .alpha(2)
                            .taskType(TaskType.SEQ_2_SEQ_LM)
                            .targetModules(one.targets().toArray(String[]::new))
                            .build();
            Tensors.addNoise(base.door(), model.add("default", config, 1), 0.1, 2);
            if (one.targets().stream().noneMatch(NOT_IN_PEFT::contains)) {
                model.save("default", folder.resolve("adapter"));
            }
            model.writeMerged(folder.resolve("merged"), "default");
            with = logits(model, ADAPTER, batch);
            model.merge("default");
            merged = logits(model, NONE, batch);
        }
        try (BaseModel base = Checkpoints.open(folder.resolve("merged"));
                PeftModel model = PeftModel.of(base)) {
            // a sum of two tables is rounded once more in a file
            Compare.close(name, merged, logits(model, NONE, batch), 1e-6);
        }
        assertEquals(new TreeSet<>(one.tables()), tables(folder.resolve("merged")));
        export(folder, golden, with, merged);
    }

    private static float[] logits(PeftModel model, AdapterSelection selection, TokenBatch batch) {
        try (Tensor logits = model.logits(selection, batch)) {
            return logits.toFloats();
        }
    }

    /** Which names of the shared table a checkpoint holds. */
    private static Set<String> tables(Path directory) {
        Set<String> found = new TreeSet<>();
        for (String name : CheckpointDirectory.open(directory).entries().keySet()) {
            String plain = name.replaceFirst("^model\\.", "");
            if (plain.equals("shared.weight") || plain.equals("lm_head.weight")) {
                found.add(plain.replace(".weight", ""));
            } else if (plain.endsWith(".embed_tokens.weight")) {
                found.add(plain.replace(".embed_tokens.weight", ""));
            }
        }
        return found;
    }

    private static void export(Path folder, Golden golden, float[] with, float[] merged)
            throws IOException {
        List<TensorSource> tensors = new ArrayList<>();
        for (String name :
                List.of(
                        "input_ids",
                        "attention_mask",
                        "decoder_input_ids",
                        "decoder_attention_mask")) {
            long[] values = golden.longs(name);
            tensors.add(
                    TensorSource.of(
                            name,
                            StoredType.I64,
                            golden.get(name).shape(),
                            () -> {
                                ByteBuffer bytes = buffer(8 * values.length);
                                bytes.asLongBuffer().put(values);
                                return bytes;
                            }));
        }
        tensors.add(floats("logits", golden, with));
        tensors.add(floats("logits.merged", golden, merged));
        SafetensorsWriter.write(folder.resolve("golden.safetensors"), tensors);
    }

    private static TensorSource floats(String name, Golden golden, float[] values) {
        return TensorSource.of(
                name,
                StoredType.F32,
                golden.get("logits").shape(),
                () -> {
                    ByteBuffer bytes = buffer(4 * values.length);
                    bytes.asFloatBuffer().put(values);
                    return bytes;
                });
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
