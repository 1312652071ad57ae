package org.peft4j.benchmarks;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.peft4j.adapter.bottleneck.BottleneckConfig;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.PeftModel;
import org.peft4j.core.ops.DType;
import org.peft4j.prompt.PromptTuningConfig;
import org.peft4j.prompt.prefix.PrefixTuningConfig;
import org.peft4j.transformers.Checkpoints;
import org.peft4j.transformers.generation.GenerationConfig;
import org.peft4j.transformers.generation.Generator;

/**
 * What it costs to switch the task at inference, beside what a decoded token costs: a prompt, a
 * prefix and a bottleneck on one base of some 11 million parameters take turns.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class Switching {

    private static final int TOKENS = 32;
    private static final List<AdapterSelection> SELECTIONS =
            List.of(
                    AdapterSelection.of("prompt"),
                    AdapterSelection.of("prefix"),
                    AdapterSelection.of("bottleneck"));

    private TemporaryDirectory directory;
    private BaseModel base;
    private PeftModel model;
    private Generator generator;
    private int turn;

    /** Opens a random base with an adapter of each kind. */
    @SuppressWarnings("NullAway.Init") // made by setUp
    public Switching() {}

    /** Makes them. */
    @Setup
    public void setUp() throws IOException {
        directory = new TemporaryDirectory("switching");
        RandomLlama llama = new RandomLlama();
        llama.hidden = 256;
        llama.intermediate = 704;
        llama.layers = 4;
        llama.heads = 8;
        llama.keyValueHeads = 2;
        llama.vocabulary = 16_000;
        llama.write(directory.path(), DType.FLOAT32);
        base = Checkpoints.open(directory.path());
        model = PeftModel.of(base);
        model.add("prompt", PromptTuningConfig.builder().virtualTokens(20).build());
        model.add("prefix", PrefixTuningConfig.builder().virtualTokens(20).build());
        model.add("bottleneck", BottleneckConfig.pfeiffer().build());
        generator = new Generator(model, GenerationConfig.builder().maxNewTokens(TOKENS).build());
    }

    /** Frees them. */
    @TearDown
    public void tearDown() throws IOException {
        model.close();
        base.close();
        directory.close();
    }

    private AdapterSelection next() {
        turn = (turn + 1) % SELECTIONS.size();
        return SELECTIONS.get(turn);
    }

    /** The switch itself: a pass under another adapter than the last one. */
    @Benchmark
    public boolean switching() {
        try (ForwardContext context = model.open(next())) {
            return context.isTraining();
        }
    }

    /** One of 32 decoded tokens, the prompt's pass included; each text under the next adapter. */
    @Benchmark
    @OperationsPerInvocation(TOKENS)
    public int tokenOfTheNextAdapter() {
        return generator.generate(next(), new long[] {5, 6, 7, 8}).length;
    }

    /** The same under one adapter all the time. */
    @Benchmark
    @OperationsPerInvocation(TOKENS)
    public int tokenOfOneAdapter() {
        return generator.generate(SELECTIONS.get(2), new long[] {5, 6, 7, 8}).length;
    }
}
