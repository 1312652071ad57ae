package org.peft4j.prompt;

import org.junit.jupiter.api.Nested;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.TaskType;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.PeftMethodContract;
import org.peft4j.transformers.Checkpoints;
import org.peft4j.transformers.LoadOptions;

/** Prompt tuning keeps the contract, also where rows have different numbers of virtual tokens. */
final class PromptTuningContractTest {

    abstract static class Contract extends PeftMethodContract {

        @Override
        protected BaseModel openOtherBase() {
            return Bases.open("opt-projected");
        }

        @Override
        protected PeftConfig config() {
            return PromptTuningConfig.builder()
                    .virtualTokens(4)
                    .initialization(PromptInitialization.uniform())
                    .build();
        }

        @Override
        protected PeftConfig otherConfig() {
            return PromptTuningConfig.builder()
                    .virtualTokens(2)
                    .initialization(PromptInitialization.sampledVocabulary())
                    .build();
        }

        @Override
        protected boolean startsNeutral() {
            return false;
        }

        @Override
        protected boolean merges() {
            return false;
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
    final class Gpt2 extends Contract {
        @Override
        protected BaseModel openBase() {
            return Bases.open("gpt2");
        }
    }

    @Nested
    final class T5 extends Contract {
        @Override
        protected BaseModel openBase() {
            return Bases.open("t5");
        }

        /** The half that no part of the model reads, as in peft, would not learn. */
        @Override
        protected PeftConfig config() {
            return PromptTuningConfig.builder()
                    .virtualTokens(VirtualTokens.of(4).withSubmodules(1))
                    .build();
        }

        @Override
        protected PeftConfig otherConfig() {
            return PromptTuningConfig.builder()
                    .virtualTokens(VirtualTokens.of(2).withSubmodules(1))
                    .build();
        }
    }

    @Nested
    final class Bart extends Contract {
        @Override
        protected BaseModel openBase() {
            return Bases.open("bart-scaled");
        }
    }

    @Nested
    final class Bert extends Contract {
        @Override
        protected BaseModel openBase() {
            return Checkpoints.open(
                    Fixtures.base("bert-heads"),
                    LoadOptions.defaults().withName("bert-heads").withTask(TaskType.SEQ_CLS));
        }
    }
}
