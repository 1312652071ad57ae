package org.peft4j.prompt.prefix;

import org.junit.jupiter.api.Nested;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.TaskType;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.PeftMethodContract;
import org.peft4j.prompt.Bases;
import org.peft4j.transformers.Checkpoints;
import org.peft4j.transformers.LoadOptions;

/** Prefixes keep the contract, but for what they do not promise: to start neutral and to merge. */
final class PrefixContractTest {

    abstract static class Contract extends PeftMethodContract {

        @Override
        protected boolean startsNeutral() {
            return false;
        }

        @Override
        protected boolean merges() {
            return false;
        }

        @Override
        protected PeftConfig otherConfig() {
            return PrefixTuningConfig.pTuningV2(5);
        }

        @Override
        protected PeftConfig config() {
            return PrefixTuningConfig.pTuningV2(3);
        }

        @Override
        protected BaseModel openOtherBase() {
            return Bases.open("gpt-neox");
        }
    }

    @Nested
    final class GroupedHeads extends Contract {
        @Override
        protected BaseModel openBase() {
            return Bases.open("llama");
        }

        @Override
        protected PeftConfig config() {
            return PrefixTuningConfig.builder()
                    .virtualTokens(3)
                    .prefixProjection(true)
                    .encoderHiddenSize(6)
                    .build();
        }
    }

    @Nested
    final class LearnedPositions extends Contract {
        @Override
        protected BaseModel openBase() {
            return Bases.open("gpt2");
        }
    }

    @Nested
    final class PTuningV2 extends Contract {
        @Override
        protected BaseModel openBase() {
            return Checkpoints.open(
                    Fixtures.base("bert-heads"),
                    LoadOptions.defaults().withName("bert-heads").withTask(TaskType.SEQ_CLS));
        }
    }

    @Nested
    final class EncoderDecoder extends Contract {
        @Override
        protected BaseModel openBase() {
            return Bases.open("t5");
        }

        @Override
        protected PeftConfig config() {
            return PrefixTuningConfig.builder().virtualTokens(3).crossAttention(true).build();
        }
    }
}
