package org.peft4j.lora;

import org.junit.jupiter.api.Nested;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.TaskType;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.PeftMethodContract;
import org.peft4j.transformers.Checkpoints;
import org.peft4j.transformers.LoadOptions;

/** LoRA keeps the contract on encoders, whose heads every adapter trains. */
final class LoraEncoderContractTest {

    private static BaseModel open(String name, TaskType task) {
        return Checkpoints.open(
                Fixtures.base(name), LoadOptions.defaults().withName(name).withTask(task));
    }

    abstract static class Contract extends PeftMethodContract {

        @Override
        protected BaseModel openOtherBase() {
            return open("distilbert-heads", TaskType.SEQ_CLS);
        }

        @Override
        protected PeftConfig otherConfig() {
            return LoraConfig.builder().rank(3).alpha(5).targetAllLinear().build();
        }
    }

    @Nested
    final class Texts extends Contract {
        @Override
        protected BaseModel openBase() {
            return open("bert-heads", TaskType.SEQ_CLS);
        }

        @Override
        protected PeftConfig config() {
            return LoraConfig.builder().rank(4).targetModules("query", "output.dense").build();
        }
    }

    @Nested
    final class Tokens extends Contract {
        @Override
        protected BaseModel openBase() {
            return open("roberta-heads", TaskType.TOKEN_CLS);
        }

        @Override
        protected PeftConfig config() {
            return LoraConfig.builder().rank(4).targetModules("word_embeddings", "value").build();
        }
    }
}
