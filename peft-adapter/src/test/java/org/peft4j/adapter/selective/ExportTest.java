package org.peft4j.adapter.selective;

import java.util.Map;
import org.peft4j.adapter.Bases;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftMethod;
import org.peft4j.core.TaskType;
import org.peft4j.fixtures.AdapterExport;
import org.peft4j.fixtures.AdapterFixture;

/** Selective adapters and merged checkpoints for Python to check. */
final class ExportTest extends AdapterExport {

    @Override
    protected PeftMethod method() {
        return new SelectiveMethod();
    }

    @Override
    protected BaseModel open(AdapterFixture fixture) {
        return Bases.open(fixture);
    }

    /** Python has no such method: bases and batches are those of LN tuning. */
    @Override
    protected Map<String, Export> more() {
        return Map.of(
                "more-full-llama",
                export("ln-llama", SelectiveConfig.fullFineTuning(), TaskType.CAUSAL_LM),
                "more-full-gpt2",
                export("ln-gpt2", SelectiveConfig.fullFineTuning(), TaskType.CAUSAL_LM),
                "more-full-t5",
                export("ln-t5-seq2seq", SelectiveConfig.fullFineTuning(), TaskType.SEQ_2_SEQ_LM),
                "more-bitfit-gpt2",
                export("ln-gpt2", SelectiveConfig.bitFit(), TaskType.CAUSAL_LM),
                "more-bitfit-bert",
                export("ln-bert-seq-cls", SelectiveConfig.bitFit(), TaskType.SEQ_CLS),
                "more-last-layer-llama",
                export("ln-llama", SelectiveConfig.lastLayers(1), TaskType.CAUSAL_LM));
    }

    private static Export export(String data, SelectiveConfig config, TaskType task) {
        return new Export(new AdapterFixture(data), config.withTaskType(task));
    }
}
