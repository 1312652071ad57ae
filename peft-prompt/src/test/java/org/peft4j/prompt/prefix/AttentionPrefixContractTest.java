package org.peft4j.prompt.prefix;

import org.junit.jupiter.api.Nested;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftConfig;
import org.peft4j.fixtures.PeftMethodContract;
import org.peft4j.prompt.Bases;
import org.peft4j.prompt.prefix.AttentionPrefixConfig.Gating;

/**
 * Prefixes in the attentions keep the contract, but for what they do not promise: to start neutral
 * and to merge.
 */
final class AttentionPrefixContractTest {

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
        protected PeftConfig config() {
            return AttentionPrefixConfig.builder().length(3).bottleneckSize(5).build();
        }

        @Override
        protected PeftConfig otherConfig() {
            return AttentionPrefixConfig.builder().length(2).flat(true).leaveOut(0).build();
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
    }

    @Nested
    final class GatedEncoder extends Contract {
        @Override
        protected BaseModel openBase() {
            return Bases.forTask("bert-heads");
        }

        @Override
        protected PeftConfig config() {
            return AttentionPrefixConfig.builder()
                    .length(3)
                    .bottleneckSize(5)
                    .gating(Gating.SEPARATE)
                    .build();
        }
    }

    @Nested
    final class EncoderDecoder extends Contract {
        @Override
        protected BaseModel openBase() {
            return Bases.open("t5-gated");
        }

        @Override
        protected PeftConfig config() {
            return AttentionPrefixConfig.builder()
                    .length(2)
                    .flat(true)
                    .gating(Gating.SHARED)
                    .build();
        }
    }
}
