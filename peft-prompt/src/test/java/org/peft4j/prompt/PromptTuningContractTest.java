package org.peft4j.prompt;

import org.junit.jupiter.api.Nested;
import org.peft4j.core.PeftConfig;

/** Prompt tuning keeps the contract, also where rows have different numbers of virtual tokens. */
final class PromptTuningContractTest {

    abstract static class Contract extends PromptContract {

        Contract(String base) {
            super(base);
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
    }

    @Nested
    final class Llama extends Contract {
        Llama() {
            super("llama");
        }
    }

    @Nested
    final class Gpt2 extends Contract {
        Gpt2() {
            super("gpt2");
        }
    }

    @Nested
    final class T5 extends Contract {
        T5() {
            super("t5");
        }
    }

    @Nested
    final class Bart extends Contract {
        Bart() {
            super("bart-scaled");
        }
    }

    @Nested
    final class Bert extends Contract {
        Bert() {
            super("bert-heads");
        }
    }
}
