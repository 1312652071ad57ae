package org.peft4j.lora;

import org.junit.jupiter.api.Nested;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftConfig;
import org.peft4j.fixtures.PeftMethodContract;

/** LoRA keeps the contract on weights stored as [in, out], fused projections and tied heads. */
final class LoraGpt2ContractTest {

    abstract static class Contract extends PeftMethodContract {

        @Override
        protected BaseModel openBase() {
            return Bases.open("gpt2");
        }

        @Override
        protected BaseModel openOtherBase() {
            return Bases.open("gpt-neox");
        }

        @Override
        protected PeftConfig otherConfig() {
            return LoraConfig.builder().rank(3).alpha(5).targetAllLinear().build();
        }
    }

    @Nested
    final class EveryConv1d extends Contract {
        @Override
        protected PeftConfig config() {
            return LoraConfig.builder()
                    .rank(4)
                    .alpha(8)
                    .targetModules("c_attn", "c_proj", "c_fc")
                    .build();
        }
    }

    @Nested
    final class EmbeddingsAndBiases extends Contract {
        @Override
        protected PeftConfig config() {
            return LoraConfig.builder()
                    .rank(2)
                    .targetModules("wpe", "c_attn")
                    .modulesToSave("ln_f")
                    .bias(LoraBias.LORA_ONLY)
                    .build();
        }
    }
}
