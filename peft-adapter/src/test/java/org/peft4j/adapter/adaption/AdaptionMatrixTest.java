package org.peft4j.adapter.adaption;

import java.util.Map;
import org.peft4j.adapter.Bases;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftConfig;
import org.peft4j.fixtures.PeftMethodMatrix;

/** LLaMA-Adapter on every kind of base. */
final class AdaptionMatrixTest extends PeftMethodMatrix {

    @Override
    protected BaseModel open(String family) {
        return Bases.forTask(family);
    }

    @Override
    protected Map<String, PeftConfig> configs() {
        return Map.of(
                "all layers", AdaptionPromptConfig.of(4),
                "top layer", AdaptionPromptConfig.of(4).withLayers(1));
    }
}
