package org.peft4j.prompt.ptuning;

import org.junit.jupiter.api.Nested;
import org.peft4j.core.Adapter;
import org.peft4j.core.Parameter;
import org.peft4j.core.PeftConfig;
import org.peft4j.fixtures.Tensors;
import org.peft4j.prompt.PromptContract;

/** P-tuning keeps the contract, with each of its encoders. */
final class PTuningContractTest {

    abstract static class Contract extends PromptContract {

        private final EncoderType type;

        Contract(String base, EncoderType type) {
            super(base);
            this.type = type;
        }

        /** Away from the kinks of ReLU, over which no quotient of differences is a gradient. */
        @Override
        protected void randomise(Adapter adapter, long seed) {
            super.randomise(adapter, seed);
            for (Parameter parameter : adapter.parameters()) {
                if (type == EncoderType.MLP && parameter.key().equals("mlp_head.2.bias")) {
                    Tensors.fill(door(), parameter, 4);
                } else if (parameter.key().equals("mlp_head.0.bias")) {
                    Tensors.fill(door(), parameter, 2);
                }
            }
        }

        @Override
        protected PeftConfig config() {
            return PTuningConfig.builder().virtualTokens(3).encoder(type).hiddenSize(5).build();
        }

        @Override
        protected PeftConfig otherConfig() {
            return PTuningConfig.builder().virtualTokens(2).hiddenSize(4).build();
        }
    }

    @Nested
    final class Llama extends Contract {
        Llama() {
            super("llama", EncoderType.MLP);
        }
    }

    @Nested
    final class Gpt2 extends Contract {
        Gpt2() {
            super("gpt2", EncoderType.LSTM);
        }
    }

    @Nested
    final class Bert extends Contract {
        Bert() {
            super("bert-heads", EncoderType.LSTM);
        }
    }

    /** Whose own feed-forward has no kinks. */
    @Nested
    final class T5 extends Contract {
        T5() {
            super("t5-gated", EncoderType.MLP);
        }
    }
}
