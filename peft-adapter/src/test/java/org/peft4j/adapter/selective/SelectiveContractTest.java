package org.peft4j.adapter.selective;

import org.junit.jupiter.api.Nested;
import org.peft4j.adapter.Bases;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.TaskType;
import org.peft4j.fixtures.PeftMethodContract;

/** The selective methods keep the contract: each starts as the base, and merging is exact. */
final class SelectiveContractTest {

    abstract static class Contract extends PeftMethodContract {

        @Override
        protected BaseModel openOtherBase() {
            return Bases.open("qwen2-window");
        }

        @Override
        protected PeftConfig otherConfig() {
            return SelectiveConfig.fullFineTuning();
        }
    }

    abstract static class OnEncoder extends Contract {

        @Override
        protected BaseModel openBase() {
            return Bases.open("bert-heads", TaskType.SEQ_CLS);
        }

        /**
         * The gradient of a key's bias is nothing but rounding: it shifts a query's scores alike.
         */
        static SelectiveConfig withoutKeys(SelectiveConfig config) {
            return config.withoutModules("key");
        }

        @Override
        protected PeftConfig otherConfig() {
            return withoutKeys(SelectiveConfig.fullFineTuning());
        }
    }

    @Nested
    final class Everything extends Contract {
        @Override
        protected BaseModel openBase() {
            return Bases.open("llama");
        }

        @Override
        protected PeftConfig config() {
            return SelectiveConfig.fullFineTuning();
        }
    }

    @Nested
    final class EverythingOfTiedConv1d extends Contract {
        @Override
        protected BaseModel openBase() {
            return Bases.open("gpt2");
        }

        @Override
        protected PeftConfig config() {
            return SelectiveConfig.fullFineTuning();
        }

        @Override
        protected PeftConfig otherConfig() {
            return SelectiveConfig.bitFit();
        }
    }

    @Nested
    final class EverythingOfAnEncoder extends OnEncoder {
        @Override
        protected PeftConfig config() {
            return withoutKeys(SelectiveConfig.fullFineTuning());
        }
    }

    @Nested
    final class BitFit extends OnEncoder {
        @Override
        protected PeftConfig config() {
            return withoutKeys(SelectiveConfig.bitFit());
        }
    }

    @Nested
    final class BitFitOfConv1d extends Contract {
        @Override
        protected BaseModel openBase() {
            return Bases.open("gpt2");
        }

        @Override
        protected PeftConfig config() {
            return SelectiveConfig.bitFit(ModuleKind.QUERY_KEY_VALUE, ModuleKind.FEED_FORWARD_UP);
        }
    }

    @Nested
    final class LastLayer extends Contract {
        @Override
        protected BaseModel openBase() {
            return Bases.open("llama");
        }

        @Override
        protected PeftConfig config() {
            return SelectiveConfig.lastLayers(1);
        }
    }

    @Nested
    final class AttentionOfT5 extends Contract {
        @Override
        protected BaseModel openBase() {
            return Bases.open("t5-gated");
        }

        @Override
        protected PeftConfig config() {
            return SelectiveConfig.of(ModuleKind.VALUE, ModuleKind.ATTENTION_OUTPUT);
        }

        @Override
        protected PeftConfig otherConfig() {
            return SelectiveConfig.of(ModuleKind.NORM);
        }
    }

    @Nested
    final class BitFitOfBart extends Contract {
        @Override
        protected BaseModel openBase() {
            return Bases.open("bart-scaled");
        }

        @Override
        protected PeftConfig config() {
            return SelectiveConfig.bitFit().withoutModules("k_proj");
        }

        @Override
        protected PeftConfig otherConfig() {
            return SelectiveConfig.of(ModuleKind.NORM);
        }
    }
}
