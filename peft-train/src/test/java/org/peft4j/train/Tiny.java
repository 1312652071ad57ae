package org.peft4j.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.peft4j.core.Adapter;
import org.peft4j.core.BaseModel;
import org.peft4j.core.Parameter;
import org.peft4j.core.PeftModel;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.Golden;
import org.peft4j.fixtures.GoldenTensor;
import org.peft4j.lora.LoraConfig;
import org.peft4j.train.data.BatchOrder;
import org.peft4j.train.data.Example;
import org.peft4j.train.optim.Schedule;
import org.peft4j.transformers.Checkpoints;
import org.peft4j.transformers.LoadOptions;

/** Tiny models and data to train. */
public final class Tiny {

    private Tiny() {}

    /** Opens a fixture. */
    public static BaseModel base(String name) {
        return Checkpoints.open(Fixtures.base(name), LoadOptions.defaults().withName(name));
    }

    /** Returns a LoRA config with dropout. */
    public static LoraConfig lora(double dropout) {
        return LoraConfig.builder()
                .rank(4)
                .alpha(8)
                .dropout(dropout)
                .targetModules("q_proj", "v_proj")
                .build();
    }

    /** Puts a fresh adapter on a base; B is not zero, so that A has a gradient at once. */
    public static PeftModel model(BaseModel base, double dropout, String... names) {
        PeftModel model = PeftModel.of(base);
        for (String name : names) {
            Adapter adapter = model.add(name, lora(dropout), 1);
            Random random = new Random(name.hashCode());
            for (Parameter parameter : adapter.parameters()) {
                float[] values = new float[Math.toIntExact(parameter.value().elements())];
                for (int i = 0; i < values.length; i++) {
                    values[i] = (float) (0.1 * random.nextGaussian());
                }
                long[] shape = parameter.value().shape().getShape();
                try (var source = base.door().weights().floats(values, shape)) {
                    base.door().updates().assign(parameter.value(), source);
                }
            }
        }
        return model;
    }

    /** Returns random prompts and completions of different lengths. */
    public static List<Example> examples(int count, long seed) {
        Random random = new Random(seed);
        List<Example> examples = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            examples.add(
                    Example.ofCompletion(
                            ids(random, 2 + random.nextInt(4)),
                            ids(random, 3 + random.nextInt(5))));
        }
        return examples;
    }

    private static long[] ids(Random random, int length) {
        return random.longs(length, 3, 60).toArray();
    }

    /** Returns the rows of the two golden training batches, without their padding. */
    public static List<Example> goldenExamples(Golden golden) {
        GoldenTensor ids = golden.get("steps.input_ids");
        int length = ids.size(2);
        long[] mask = golden.longs("steps.attention_mask");
        long[] labels = golden.longs("steps.labels");
        List<Example> examples = new ArrayList<>();
        for (int row = 0; row < mask.length / length; row++) {
            int from = row * length;
            int n = (int) Arrays.stream(mask, from, from + length).sum();
            examples.add(
                    Example.of(
                            Arrays.copyOfRange(ids.longs(), from, from + n),
                            Arrays.copyOfRange(labels, from, from + n)));
        }
        return examples;
    }

    /** Returns a quick, quiet config. */
    public static TrainingConfigBuilder config() {
        return TrainingConfig.builder()
                .batchSize(2)
                .learningRate(1e-2)
                .schedule(Schedule.LINEAR)
                .order(BatchOrder.SHUFFLED)
                .progressBar(ProgressBarMode.OFF);
    }

    /** Copies all parameters of an adapter. */
    public static Map<String, float[]> parameters(Adapter adapter) {
        Map<String, float[]> copies = new TreeMap<>();
        adapter.parameters().forEach(p -> copies.put(p.key(), p.value().toFloats()));
        return copies;
    }

    /** Returns the largest difference between two copies of the same keys. */
    public static double difference(Map<String, float[]> a, Map<String, float[]> b) {
        if (!a.keySet().equals(b.keySet())) {
            throw new AssertionError(a.keySet() + " are not " + b.keySet());
        }
        double largest = 0;
        for (Map.Entry<String, float[]> entry : a.entrySet()) {
            float[] other = java.util.Objects.requireNonNull(b.get(entry.getKey()));
            for (int i = 0; i < entry.getValue().length; i++) {
                double d = Math.abs((double) entry.getValue()[i] - other[i]);
                largest = Double.isNaN(d) ? Double.NaN : Math.max(largest, d);
            }
        }
        return largest;
    }
}
