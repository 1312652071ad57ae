package org.peft4j.adapter.lntuning;

import org.junit.jupiter.api.Nested;
import org.peft4j.adapter.Bases;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.TaskType;
import org.peft4j.core.targets.TargetSpec;
import org.peft4j.fixtures.PeftMethodContract;

/** LN tuning keeps the contract on every kind of base. */
final class LnTuningContractTest {

    abstract static class Contract extends PeftMethodContract {

        @Override
        protected BaseModel openOtherBase() {
            return Bases.open("qwen2-window");
        }

        @Override
        protected PeftConfig config() {
            return new LnTuningConfig();
        }

        @Override
        protected PeftConfig otherConfig() {
            return new LnTuningConfig().withTargetModules(new TargetSpec.AllLinear());
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
    final class Encoder extends Contract {
        @Override
        protected BaseModel openBase() {
            return Bases.open("bert-heads", TaskType.SEQ_CLS);
        }

        /**
         * The gradient of a key's bias is nothing but rounding: it shifts a query's scores alike.
         */
        @Override
        protected PeftConfig otherConfig() {
            return new LnTuningConfig().withTargetModules("query", "value", "output.dense");
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
