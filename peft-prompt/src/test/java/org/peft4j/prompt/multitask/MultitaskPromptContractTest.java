package org.peft4j.prompt.multitask;

import org.junit.jupiter.api.Nested;
import org.peft4j.core.Adapter;
import org.peft4j.core.PeftConfig;
import org.peft4j.fixtures.Tensors;
import org.peft4j.prompt.PromptContract;

/** Multitask prompt tuning keeps the contract, for one task that rows need not name. */
final class MultitaskPromptContractTest {

    abstract static class Contract extends PromptContract {

        Contract(String base) {
            super(base);
        }

        /** Norms bend sharply around the tiny virtual tokens that fresh factors make. */
        @Override
        protected void randomise(Adapter adapter, long seed) {
            Tensors.addNoise(door(), adapter, 1, seed);
        }

        @Override
        protected PeftConfig config() {
            return MultitaskPromptConfig.builder().virtualTokens(3).ranks(2).build();
        }

        @Override
        protected PeftConfig otherConfig() {
            return MultitaskPromptConfig.builder().virtualTokens(2).build();
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
    final class Bert extends Contract {
        Bert() {
            super("bert-heads");
        }
    }

    /** Virtual tokens for encoder and decoder; a feed-forward without kinks. */
    @Nested
    final class T5 extends Contract {
        T5() {
            super("t5-gated");
        }
    }

    @Nested
    final class Bart extends Contract {
        Bart() {
            super("bart-scaled");
        }
    }
}
