package org.peft4j.lora;

import org.junit.jupiter.api.Nested;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftConfig;
import org.peft4j.fixtures.PeftMethodContract;

/** LoRA with gates keeps the contract, but for merging, which a gate rules out. */
final class GatedLoraContractTest {

    abstract static class Contract extends PeftMethodContract {

        @Override
        protected boolean merges() {
            return false;
        }

        @Override
        protected PeftConfig config() {
            return LoraConfig.builder().rank(3).useGating(true).build();
        }

        @Override
        protected PeftConfig otherConfig() {
            return LoraConfig.builder().rank(2).useGating(true).targetAllLinear().build();
        }

        @Override
        protected BaseModel openOtherBase() {
            return Bases.open("gpt-neox");
        }
    }

    @Nested
    final class Decoder extends Contract {
        @Override
        protected BaseModel openBase() {
            return Bases.open("llama");
        }
    }

    @Nested
    final class EncoderWithHead extends Contract {
        @Override
        protected BaseModel openBase() {
            return Bases.forTask("bert-heads");
        }
    }
}
