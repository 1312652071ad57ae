package org.peft4j.adapter.fusion;

import org.junit.jupiter.api.Nested;
import org.peft4j.adapter.Bases;
import org.peft4j.adapter.bottleneck.BottleneckConfig;
import org.peft4j.core.Adapter;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TaskType;
import org.peft4j.fixtures.PeftMethodContract;
import org.peft4j.fixtures.Tensors;

/** Fusions keep the contract. */
final class FusionContractTest {

    abstract static class Contract extends PeftMethodContract {

        @Override
        protected void prepare(PeftModel fresh) {
            BottleneckConfig config =
                    BottleneckConfig.pfeiffer().reductionFactor(8).nonLinearity("gelu").build();
            Tensors.addNoise(fresh.base().door(), fresh.add("m0", config, 5), 0.1, 5);
            Tensors.addNoise(fresh.base().door(), fresh.add("m1", config, 6), 0.1, 6);
        }

        @Override
        protected PeftConfig config() {
            return FusionConfig.dynamic("m0", "m1").withDropout(0);
        }

        @Override
        protected PeftConfig otherConfig() {
            return FusionConfig.fixed("m1", "m0").withDropout(0);
        }

        /** Products of maps are far from straight, and differences need small steps. */
        @Override
        protected void randomise(Adapter adapter, long seed) {
            Tensors.addNoise(base().door(), adapter, 0.02, seed);
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
    final class OnADecoder extends Contract {
        @Override
        protected BaseModel openBase() {
            return Bases.open("gpt2", TaskType.CAUSAL_LM);
        }

        @Override
        protected BaseModel openOtherBase() {
            return Bases.open("llama", TaskType.CAUSAL_LM);
        }
    }

    @Nested
    final class OnAnEncoder extends Contract {
        @Override
        protected BaseModel openBase() {
            return Bases.open("bert-heads", TaskType.SEQ_CLS);
        }

        @Override
        protected BaseModel openOtherBase() {
            return Bases.open("distilbert-heads", TaskType.SEQ_CLS);
        }
    }
}
