package org.peft4j.adapter.tokens;

import org.junit.jupiter.api.Nested;
import org.peft4j.adapter.Bases;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.TaskType;
import org.peft4j.fixtures.PeftMethodContract;

/** Trainable tokens keep the contract on every kind of base. */
final class TrainableTokensContractTest {

    abstract static class Contract extends PeftMethodContract {

        @Override
        protected BaseModel openOtherBase() {
            return Bases.open("gpt-neox");
        }

        @Override
        protected PeftConfig config() {
            return new TrainableTokensConfig(all(24));
        }

        @Override
        protected PeftConfig otherConfig() {
            return new TrainableTokensConfig(7, 2, 9);
        }

        /** Every token of the batch, so that each one learns. */
        static Integer[] all(int count) {
            Integer[] tokens = new Integer[count];
            for (int i = 0; i < count; i++) {
                tokens[i] = count - 1 - i;
            }
            return tokens;
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
    final class TiedHead extends Contract {
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
            return Bases.open("t5");
        }
    }
}
