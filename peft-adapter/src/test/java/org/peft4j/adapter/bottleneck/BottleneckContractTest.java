package org.peft4j.adapter.bottleneck;

import java.util.List;
import org.junit.jupiter.api.Nested;
import org.peft4j.adapter.Bases;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.TaskType;
import org.peft4j.fixtures.PeftMethodContract;

/** Bottlenecks keep the contract on decoders, encoders and encoder-decoders. */
final class BottleneckContractTest {

    abstract static class Contract extends PeftMethodContract {

        @Override
        protected BaseModel openBase() {
            return Bases.open("llama", TaskType.CAUSAL_LM);
        }

        @Override
        protected BaseModel openOtherBase() {
            return Bases.open("gpt2", TaskType.CAUSAL_LM);
        }

        @Override
        protected PeftConfig otherConfig() {
            return BottleneckConfig.parallel().reductionFactor(8).build();
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
    final class Houlsby extends Contract {
        @Override
        protected PeftConfig config() {
            return BottleneckConfig.houlsby().reductionFactor(8).build();
        }
    }

    @Nested
    final class Parallel extends Contract {
        @Override
        protected PeftConfig config() {
            return BottleneckConfig.scaledParallel()
                    .reductionFactor(8)
                    .nonLinearity("gelu")
                    .build();
        }

        @Override
        protected boolean startsNeutral() {
            return true;
        }
    }

    @Nested
    final class Gated extends Contract {
        @Override
        protected BaseModel openBase() {
            return Bases.open("gpt2", TaskType.CAUSAL_LM);
        }

        @Override
        protected BaseModel openOtherBase() {
            return Bases.open("llama", TaskType.CAUSAL_LM);
        }

        @Override
        protected PeftConfig config() {
            return BottleneckConfig.pfeiffer()
                    .reductionFactor(8)
                    .nonLinearity("tanh")
                    .norms(Norms.AROUND.withTrained(true, true))
                    .useGating(true)
                    .scaling(Scaling.CHANNEL)
                    .build();
        }
    }

    @Nested
    final class ReplacingOnAnEncoder extends Contract {
        @Override
        protected BaseModel openBase() {
            return Bases.open("bert-heads", TaskType.SEQ_CLS);
        }

        @Override
        protected BaseModel openOtherBase() {
            return Bases.open("distilbert-heads", TaskType.SEQ_CLS);
        }

        @Override
        protected PeftConfig config() {
            return BottleneckConfig.pfeiffer()
                    .reductionFactor(4)
                    .nonLinearity("gelu")
                    .norms(new Norms(true, false, false, false, Residual.NORM, false))
                    .build();
        }
    }

    @Nested
    final class CompacterOnAnEncoderDecoder extends Contract {
        @Override
        protected BaseModel openBase() {
            return Bases.open("t5", TaskType.SEQ_2_SEQ_LM);
        }

        @Override
        protected BaseModel openOtherBase() {
            return Bases.open("bart", TaskType.SEQ_2_SEQ_LM);
        }

        @Override
        protected PeftConfig config() {
            return BottleneckConfig.compacter()
                    .scaling(0.1) // T5's unscaled scores are steep
                    .places(new Places(true, true, true, List.of()))
                    .reductionFactor(4)
                    .hypercomplex(
                            new Hypercomplex(
                                    2,
                                    true,
                                    true,
                                    true,
                                    true,
                                    Hypercomplex.RuleDraw.NORMAL,
                                    0.3,
                                    Hypercomplex.WeightDraw.GLOROT_UNIFORM,
                                    1,
                                    true))
                    .build();
        }
    }
}
