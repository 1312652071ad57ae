package org.peft4j.adapter;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.peft4j.adapter.ia3.Ia3Config;
import org.peft4j.adapter.lntuning.LnTuningConfig;
import org.peft4j.adapter.selective.ModuleKind;
import org.peft4j.adapter.selective.SelectiveConfig;
import org.peft4j.adapter.tokens.TrainableTokensConfig;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftConfig;
import org.peft4j.fixtures.PeftMethodMatrix;

/** The methods of this room on every kind of base. */
final class AdapterMatrixTest extends PeftMethodMatrix {

    private static final String BITFIT = "BitFit";
    private static final List<String> WITHOUT_BIASES = List.of("llama", "t5");

    @Override
    protected BaseModel open(String family) {
        return Bases.forTask(family);
    }

    @Override
    protected Map<String, PeftConfig> configs() {
        Map<String, PeftConfig> configs = new HashMap<>();
        configs.put("IA3", Ia3Config.builder().build());
        configs.put("LN tuning", new LnTuningConfig());
        configs.put(
                "trainable tokens",
                new TrainableTokensConfig(3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17));
        configs.put(BITFIT, SelectiveConfig.bitFit());
        configs.put("full fine-tuning", SelectiveConfig.fullFineTuning());
        configs.put("the last layer", SelectiveConfig.lastLayers(1));
        configs.put("attention", SelectiveConfig.of(ModuleKind.ATTENTION));
        configs.put("feed-forward", SelectiveConfig.of(ModuleKind.FEED_FORWARD));
        configs.put("norms", SelectiveConfig.of(ModuleKind.NORM));
        configs.put("embeddings", SelectiveConfig.of(ModuleKind.EMBEDDING));
        return configs;
    }

    @Override
    protected boolean fits(String method, String family) {
        return !method.equals(BITFIT) || !WITHOUT_BIASES.contains(family);
    }
}
