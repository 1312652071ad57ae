package org.peft4j.adapter.ia3;

import org.junit.jupiter.api.Nested;
import org.peft4j.adapter.Bases;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.TaskType;
import org.peft4j.core.targets.TargetSpec;
import org.peft4j.fixtures.PeftMethodContract;

/** IA3 keeps the contract on every kind of base. */
final class Ia3ContractTest {

    abstract static class Contract extends PeftMethodContract {

        @Override
        protected BaseModel openOtherBase() {
            return Bases.open("qwen2-window");
        }

        @Override
        protected PeftConfig config() {
            return Ia3Config.builder().build();
        }

        @Override
        protected PeftConfig otherConfig() {
            return Ia3Config.builder().targetModules(new TargetSpec.AllLinear()).build();
        }
    }

    @Nested
    final class Llama extends Contract {
        @Override
        protected BaseModel openBase() {
            return Bases.open("llama");
        }
    }

    @Nested
    final class Biases extends Contract {
        @Override
        protected BaseModel openBase() {
            return Bases.open("qwen2");
        }

        @Override
        protected BaseModel openOtherBase() {
            return Bases.open("gpt2");
        }

        @Override
        protected PeftConfig config() {
            return Ia3Config.builder()
                    .targetModules("q_proj", "o_proj", "up_proj", "lm_head")
                    .feedForwardModules("o_proj")
                    .modulesToSave("norm")
                    .build();
        }
    }

    @Nested
    final class Conv1d extends Contract {
        @Override
        protected BaseModel openBase() {
            return Bases.open("gpt2");
        }
    }

    @Nested
    final class Encoder extends Contract {
        @Override
        protected BaseModel openBase() {
            return Bases.open("bert-heads", TaskType.SEQ_CLS);
        }
    }

    @Nested
    final class EncoderDecoder extends Contract {
        @Override
        protected BaseModel openBase() {
            return Bases.open("t5-gated");
        }
    }
}
