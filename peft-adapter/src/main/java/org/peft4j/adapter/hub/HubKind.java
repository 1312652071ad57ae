package org.peft4j.adapter.hub;

import java.util.List;
import org.peft4j.adapter.bottleneck.BottleneckConfig;
import org.peft4j.adapter.fusion.FusionConfig;

/** The two things that AdapterHub stores, with the names of their files. */
enum HubKind {
    ADAPTER(
            BottleneckConfig.PEFT_TYPE,
            "adapter_config.json",
            "adapter.safetensors",
            "pytorch_adapter.bin"),
    FUSION(
            FusionConfig.PEFT_TYPE,
            "adapter_fusion_config.json",
            "model_adapter_fusion.safetensors",
            "pytorch_model_adapter_fusion.bin");

    static final String HEAD_CONFIG = "head_config.json";
    static final String HEAD_WEIGHTS = "model_head.safetensors";
    static final String HEAD_PICKLE = "pytorch_model_head.bin";

    final String peftType;
    final String config;
    final String weights;
    final String pickle;

    HubKind(String peftType, String config, String weights, String pickle) {
        this.peftType = peftType;
        this.config = config;
        this.weights = weights;
        this.pickle = pickle;
    }

    /** The files that belong together. */
    List<String> files() {
        return List.of(config, weights, HEAD_CONFIG, HEAD_WEIGHTS);
    }
}
