package org.peft4j.prompt.cpt;

import java.util.List;
import org.junit.jupiter.api.Nested;
import org.peft4j.core.Adapter;
import org.peft4j.core.Parameter;
import org.peft4j.core.PeftConfig;
import org.peft4j.fixtures.Tensors;
import org.peft4j.prompt.PromptContract;

/** CPT keeps the contract, with labels in the context and without. */
final class CptContractTest {

    abstract static class Contract extends PromptContract {

        private static final List<Integer> TYPES = List.of(1, 2, 0, 3, 4, 4, 0, 5, 6, 7, 8);

        Contract(String base) {
            super(base);
        }

        /** Labels and separators stay at 0, where every step would put them back. */
        @Override
        protected void randomise(Adapter adapter, long seed) {
            super.randomise(adapter, seed);
            CptContext context = ((CptConfig) adapter.config()).context();
            for (Parameter parameter : adapter.parameters()) {
                float[] values = parameter.value().toFloats();
                int width = values.length / context.size();
                for (int i = 0; i < values.length; i++) {
                    TokenKind kind = context.kind(i / width);
                    boolean fixed = kind == TokenKind.LABEL || kind == TokenKind.SEPARATOR;
                    values[i] = fixed ? 0 : values[i];
                }
                Tensors.set(door(), parameter, values);
            }
        }

        /** In wide balls: what leaves one does not move by its own gradient alone. */
        @Override
        protected PeftConfig config() {
            return CptConfig.builder()
                    .context(CptContext.of(List.of(5, 6, 7, 8, 9, 10, 11, 5, 12, 8, 13), TYPES))
                    .weighting(LossWeighting.decay(0.5))
                    .epsilon(100)
                    .formatEpsilon(100)
                    .build();
        }

        @Override
        protected PeftConfig otherConfig() {
            return CptConfig.builder().context(CptContext.of(List.of(14, 15))).build();
        }
    }

    @Nested
    final class Llama extends Contract {
        Llama() {
            super("llama");
        }
    }

    @Nested
    final class Gpt2 extends Contract {
        Gpt2() {
            super("gpt2");
        }
    }
}
