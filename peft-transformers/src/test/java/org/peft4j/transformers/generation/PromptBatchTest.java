package org.peft4j.transformers.generation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.DecoderStart;
import org.peft4j.core.ModelInfo;
import org.peft4j.core.PeftException;
import org.peft4j.core.TaskType;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.ops.DType;

/** What the first and the later passes read. */
final class PromptBatchTest {

    private static final GenerationRequest REQUEST =
            GenerationRequest.of(
                    AdapterSelection.none(), List.of(new long[] {5, 6, 7}, new long[] {8}));
    private static final GenerationConfig CONFIG =
            GenerationConfig.builder().padId(1).decoderStartId(2).build();

    /** A base of which only what it says of itself is asked. */
    private static BaseModel base(TaskType task, Optional<DecoderStart> start) {
        ModelInfo info = new ModelInfo("some", "some", task, DType.FLOAT32, 1, 1, 1, 1, 0);
        return (BaseModel)
                Proxy.newProxyInstance(
                        PromptBatchTest.class.getClassLoader(),
                        new Class<?>[] {BaseModel.class},
                        (proxy, method, arguments) ->
                                switch (method.getName()) {
                                    case "info" -> info;
                                    case "decoderStart" -> start;
                                    default -> throw new AssertionError(method);
                                });
    }

    @Test
    void padsPromptsOnTheLeft() {
        PromptBatch prompts =
                PromptBatch.of(REQUEST, CONFIG, base(TaskType.CAUSAL_LM, Optional.empty()));
        assertEquals(3, prompts.width());
        assertArrayEquals(new long[] {5, 6, 7, 1, 1, 8}, prompts.first().inputIds());
        assertArrayEquals(new long[] {1, 1, 1, 0, 0, 1}, prompts.first().layout().mask());
        TokenBatch next = prompts.next(new long[] {20, 21, 22}, new int[] {1, 1, 0}, 6, 2);
        assertEquals(6, next.layout().past());
        assertArrayEquals(
                new long[] {
                    1, 1, 0, 0, 1, 1, 1, //
                    1, 1, 0, 0, 1, 1, 1, //
                    1, 1, 1, 1, 1, 1, 1
                },
                next.layout().mask());
    }

    @Test
    void anEncoderReadsThePromptsAndADecoderBeginsWithItsStart() {
        BaseModel base = base(TaskType.SEQ_2_SEQ_LM, Optional.of(new DecoderStart(9, 1)));
        PromptBatch prompts = PromptBatch.of(REQUEST, CONFIG, base);
        assertArrayEquals(new long[] {2, 2}, prompts.first().inputIds());
        TokenBatch source = prompts.first().requireSource();
        assertArrayEquals(new long[] {5, 6, 7, 8, 1, 1}, source.inputIds());
        assertArrayEquals(new long[] {1, 1, 1, 1, 0, 0}, source.layout().mask());
        assertEquals(1, prompts.starts().get(0).length());

        GenerationConfig plain = GenerationConfig.of(4);
        assertArrayEquals(
                new long[] {9, 9}, PromptBatch.of(REQUEST, plain, base).first().inputIds());
        BaseModel silent = base(TaskType.SEQ_2_SEQ_LM, Optional.empty());
        assertThrows(PeftException.class, () -> PromptBatch.of(REQUEST, plain, silent));
    }

    @Test
    void aDecoderMayBeginWithMore() {
        BaseModel base = base(TaskType.SEQ_2_SEQ_LM, Optional.empty());
        GenerationRequest request =
                REQUEST.withDecoderPrompts(List.of(new long[] {2}, new long[] {2, 4}));
        PromptBatch prompts = PromptBatch.of(request, CONFIG, base);
        assertArrayEquals(new long[] {1, 2, 2, 4}, prompts.first().inputIds());
        assertEquals(2, prompts.starts().get(1).length());
    }
}
