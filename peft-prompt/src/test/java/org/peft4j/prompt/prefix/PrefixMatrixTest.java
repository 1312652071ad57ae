package org.peft4j.prompt.prefix;

import java.util.Map;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftConfig;
import org.peft4j.fixtures.PeftMethodMatrix;
import org.peft4j.prompt.Bases;

/** Prefixes on every kind of base. */
final class PrefixMatrixTest extends PeftMethodMatrix {

    @Override
    protected BaseModel open(String family) {
        return Bases.forTask(family);
    }

    @Override
    protected boolean startsNeutral(String method) {
        return false;
    }

    @Override
    protected boolean fits(String method, String family) {
        return !method.equals("cross attention") || family.equals("t5");
    }

    @Override
    protected Map<String, PeftConfig> configs() {
        return Map.of(
                "plain", PrefixTuningConfig.pTuningV2(4),
                "encoded",
                        PrefixTuningConfig.builder()
                                .virtualTokens(4)
                                .prefixProjection(true)
                                .build(),
                "in the attentions",
                        AttentionPrefixConfig.builder().length(4).bottleneckSize(8).build(),
                "in the attentions, gated",
                        AttentionPrefixConfig.builder()
                                .length(4)
                                .flat(true)
                                .gating(AttentionPrefixConfig.Gating.SEPARATE)
                                .build(),
                "cross attention",
                        PrefixTuningConfig.builder()
                                .virtualTokens(4)
                                .crossAttention(true)
                                .initWeights("zero")
                                .build());
    }
}
