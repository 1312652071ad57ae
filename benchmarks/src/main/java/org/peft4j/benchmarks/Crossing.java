package org.peft4j.benchmarks;

import ai.djl.Device;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.peft4j.core.ops.OperatorDoor;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;

/** What one crossing of the operator door costs, with an operator that does next to nothing. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class Crossing {

    private static final int OPERATIONS = 100;

    private final OperatorDoor door = OperatorDoor.open(Device.cpu());
    private final Tensor a = door.weights().floats(new float[] {1, 2, 3, 4}, 4);
    private final Tensor b = door.weights().floats(new float[] {5, 6, 7, 8}, 4);

    /** One addition that autograd may follow. */
    @Benchmark
    @OperationsPerInvocation(OPERATIONS)
    public long training() {
        return add(org.peft4j.core.ops.Mode.TRAINING);
    }

    /** One addition in inference mode. */
    @Benchmark
    @OperationsPerInvocation(OPERATIONS)
    public long inference() {
        return add(org.peft4j.core.ops.Mode.INFERENCE);
    }

    /** A hundred additions in one pass, so that opening the pass hardly counts. */
    private long add(org.peft4j.core.ops.Mode mode) {
        long elements = 0;
        try (Ops ops = door.ops(mode)) {
            for (int i = 0; i < OPERATIONS; i++) {
                elements += ops.add(a, b).elements();
            }
        }
        return elements;
    }
}
