package org.peft4j.adapter;

import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.TaskType;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.PeftMethodContract;
import org.peft4j.transformers.Checkpoints;
import org.peft4j.transformers.LoadOptions;

/** Full fine-tuning keeps the contract: it starts as the base, and merging it is exact. */
final class FullFineTuningContractTest extends PeftMethodContract {

    @Override
    protected BaseModel openBase() {
        return open("llama");
    }

    @Override
    protected BaseModel openOtherBase() {
        return open("qwen2-window");
    }

    private static BaseModel open(String name) {
        return Checkpoints.open(Fixtures.base(name), LoadOptions.defaults().withName(name));
    }

    @Override
    protected PeftConfig config() {
        return new FullFineTuningConfig();
    }

    @Override
    protected PeftConfig otherConfig() {
        return new FullFineTuningConfig(TaskType.CAUSAL_LM, null);
    }
}
