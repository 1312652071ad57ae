package org.peft4j.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** A processor is known by its model, its cores and what makes its matrix products fast. */
final class ProcessorTest {

    @Test
    void modelCoresAndVectorInstructions() {
        List<String> lines =
                List.of(
                        "processor\t: 0",
                        "model name\t: AMD EPYC",
                        "flags\t\t: fpu sse2 avx avx2 avx512f",
                        "processor\t: 1",
                        "model name\t: AMD EPYC",
                        "flags\t\t: fpu sse2 avx avx2 avx512f");
        assertEquals("AMD EPYC, 2 cores, AVX-512, AVX2", Processor.describe(lines, 2));
    }

    @Test
    void aProcessorThatSaysLess() {
        assertEquals("4 cores", Processor.describe(List.of("processor\t: 0"), 4));
    }
}
