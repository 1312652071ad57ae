package org.peft4j.lora;

import org.junit.jupiter.api.Nested;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftConfig;
import org.peft4j.fixtures.PeftMethodContract;

/** LoRA keeps the contract, plainly and with each setting that adds parameters of another kind. */
final class LoraContractTest {

    abstract static class Contract extends PeftMethodContract {

        @Override
        protected BaseModel openBase() {
            return Bases.open("llama");
        }

        @Override
        protected BaseModel openOtherBase() {
            return Bases.open("qwen2-window");
        }

        @Override
        protected PeftConfig otherConfig() {
            return LoraConfig.builder().rank(3).alpha(5).targetAllLinear().build();
        }
    }

    @Nested
    final class Plain extends Contract {
        @Override
        protected PeftConfig config() {
            return LoraConfig.builder()
                    .rank(4)
                    .alpha(8)
                    .targetModules("q_proj", "v_proj", "down_proj")
                    .build();
        }
    }

    @Nested
    final class EmbeddingAndHead extends Contract {
        @Override
        protected PeftConfig config() {
            return LoraConfig.builder()
                    .rank(4)
                    .targetModules("embed_tokens", "lm_head", "o_proj")
                    .useRslora(true)
                    .build();
        }
    }

    @Nested
    final class ModulesToSave extends Contract {
        @Override
        protected PeftConfig config() {
            return LoraConfig.builder()
                    .targetModules("q_proj")
                    .modulesToSave("lm_head", "norm")
                    .build();
        }
    }

    @Nested
    final class AllBiases extends Contract {
        @Override
        protected BaseModel openBase() {
            return Bases.open("qwen2");
        }

        @Override
        protected BaseModel openOtherBase() {
            return Bases.open("llama");
        }

        @Override
        protected PeftConfig config() {
            return LoraConfig.builder()
                    .targetModules("q_proj", "up_proj")
                    .bias(LoraBias.ALL)
                    .build();
        }
    }

    @Nested
    final class TiedEmbedding extends Contract {
        @Override
        protected BaseModel openBase() {
            return Bases.open("llama-tied-scaled");
        }

        @Override
        protected PeftConfig config() {
            return LoraConfig.builder()
                    .targetModules("v_proj")
                    .modulesToSave("embed_tokens")
                    .ensureWeightTying(true)
                    .build();
        }
    }

    @Nested
    final class TrainedTokens extends Contract {
        @Override
        protected BaseModel openBase() {
            return Bases.open("llama-tied-scaled");
        }

        @Override
        protected PeftConfig config() {
            return LoraConfig.builder()
                    .targetModules("v_proj")
                    .trainableTokens(30, 8, 4, 61)
                    .bias(LoraBias.LORA_ONLY)
                    .build();
        }
    }

    @Nested
    final class BiasOfBBesideATrainedOne extends Contract {
        @Override
        protected BaseModel openBase() {
            return Bases.open("llama-tied-scaled");
        }

        @Override
        protected PeftConfig config() {
            return LoraConfig.builder()
                    .targetModules("v_proj")
                    .loraBias(true)
                    .bias(LoraBias.LORA_ONLY)
                    .build();
        }
    }

    @Nested
    final class BiasOfB extends Contract {
        @Override
        protected BaseModel openBase() {
            return Bases.open("llama-tied-scaled");
        }

        @Override
        protected PeftConfig config() {
            return LoraConfig.builder().targetModules("q_proj", "v_proj").loraBias(true).build();
        }
    }
}
