package org.peft4j.lora;

import org.junit.jupiter.api.Nested;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftConfig;
import org.peft4j.fixtures.PeftMethodContract;

/** LoRA keeps the contract on encoder-decoders, with their shared tables and relative positions. */
final class LoraEncoderDecoderContractTest {

    abstract static class Contract extends PeftMethodContract {

        @Override
        protected BaseModel openOtherBase() {
            return Bases.open("llama");
        }

        @Override
        protected PeftConfig otherConfig() {
            return LoraConfig.builder().rank(3).alpha(5).targetAllLinear().build();
        }
    }

    @Nested
    final class EveryLinearOfT5 extends Contract {
        @Override
        protected BaseModel openBase() {
            return Bases.open("t5-gated");
        }

        @Override
        protected PeftConfig config() {
            return LoraConfig.builder()
                    .rank(4)
                    .alpha(1) // unscaled scores are steep
                    .targetModules("q", "k", "v", "o", "wi_0", "wi_1", "wo")
                    .build();
        }
    }

    @Nested
    final class TablesOfT5 extends Contract {
        @Override
        protected BaseModel openBase() {
            return Bases.open("t5-gated");
        }

        @Override
        protected PeftConfig config() {
            return LoraConfig.builder()
                    .rank(4)
                    .alpha(0.1) // the tables are small, and their norms far from straight
                    .targetModules("shared", "encoder.embed_tokens", "relative_attention_bias")
                    .modulesToSave("final_layer_norm")
                    .build();
        }
    }

    @Nested
    final class Bart extends Contract {
        @Override
        protected BaseModel openBase() {
            return Bases.open("bart-scaled");
        }

        @Override
        protected PeftConfig config() {
            return LoraConfig.builder()
                    .rank(4)
                    .alpha(8)
                    .targetModules("q_proj", "fc1", "shared", "embed_positions", "lm_head")
                    .build();
        }
    }
}
