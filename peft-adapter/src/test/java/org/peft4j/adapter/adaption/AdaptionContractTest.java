package org.peft4j.adapter.adaption;

import org.junit.jupiter.api.Nested;
import org.peft4j.adapter.Bases;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.TaskType;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.PeftMethodContract;
import org.peft4j.transformers.Checkpoints;
import org.peft4j.transformers.LoadOptions;

/** LLaMA-Adapters keep the contract, but cannot be merged. */
final class AdaptionContractTest {

    abstract static class Contract extends PeftMethodContract {

        @Override
        protected boolean merges() {
            return false;
        }

        @Override
        protected PeftConfig config() {
            return AdaptionPromptConfig.of(3);
        }

        @Override
        protected PeftConfig otherConfig() {
            return AdaptionPromptConfig.of(4).withLayers(1);
        }

        @Override
        protected BaseModel openOtherBase() {
            return Bases.open("gpt-neox");
        }
    }

    @Nested
    final class SeparateProjections extends Contract {
        @Override
        protected BaseModel openBase() {
            return Bases.open("llama");
        }
    }

    @Nested
    final class FusedProjections extends Contract {
        @Override
        protected BaseModel openBase() {
            return Bases.open("gpt2");
        }
    }

    @Nested
    final class HeadByHead extends Contract {
        @Override
        protected BaseModel openBase() {
            return Bases.open("gpt-neox");
        }

        @Override
        protected BaseModel openOtherBase() {
            return Bases.open("llama");
        }
    }

    @Nested
    final class Encoder extends Contract {
        @Override
        protected BaseModel openBase() {
            return Checkpoints.open(
                    Fixtures.base("bert-heads"),
                    LoadOptions.defaults().withName("bert-heads").withTask(TaskType.SEQ_CLS));
        }
    }

    /** With gelu: difference quotients over a gate meet the kinks of relu. */
    @Nested
    final class EncoderDecoder extends Contract {
        @Override
        protected BaseModel openBase() {
            return Bases.open("t5-gated");
        }
    }
}
