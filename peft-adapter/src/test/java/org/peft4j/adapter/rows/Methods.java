package org.peft4j.adapter.rows;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.peft4j.adapter.adaption.AdaptionPromptConfig;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TaskType;
import org.peft4j.fixtures.Tensors;
import org.peft4j.lora.LoraConfig;
import org.peft4j.prompt.PromptTuningConfig;
import org.peft4j.prompt.cpt.CptConfig;
import org.peft4j.prompt.cpt.CptContext;
import org.peft4j.prompt.multitask.MultitaskPromptConfig;
import org.peft4j.prompt.prefix.AttentionPrefixConfig;
import org.peft4j.prompt.prefix.PrefixTuningConfig;
import org.peft4j.prompt.ptuning.PTuningConfig;

/** Adapters that put something before a row, and one that does not. */
final class Methods {

    private Methods() {}

    private static Map<String, PeftConfig> configs(TaskType task) {
        Map<String, PeftConfig> configs = new LinkedHashMap<>();
        configs.put("prompt", PromptTuningConfig.builder().virtualTokens(2).build());
        configs.put("long-prompt", PromptTuningConfig.builder().virtualTokens(6).build());
        configs.put("p-tuning", PTuningConfig.builder().virtualTokens(3).build());
        configs.put("multitask", MultitaskPromptConfig.builder().virtualTokens(4).tasks(2).build());
        configs.put("prefix", PrefixTuningConfig.builder().virtualTokens(3).build());
        configs.put("long-prefix", PrefixTuningConfig.builder().virtualTokens(7).build());
        configs.put("beside", AttentionPrefixConfig.builder().length(5).bottleneckSize(4).build());
        configs.put("adaption", AdaptionPromptConfig.of(3));
        configs.put("lora", LoraConfig.builder().rank(2).build());
        if (task == TaskType.CAUSAL_LM) {
            CptContext context = CptContext.of(List.of(5, 6, 7, 8, 9), List.of(1, 2, 3, 4, 0));
            configs.put("cpt", CptConfig.builder().context(context).build());
        }
        return configs;
    }

    /** Adds all of them, each with noise, and returns what rows may choose from. */
    static List<AdapterSelection> addTo(PeftModel model) {
        List<AdapterSelection> choices = new ArrayList<>();
        choices.add(AdapterSelection.none());
        long seed = 1;
        for (var named : configs(model.base().info().task()).entrySet()) {
            var adapter = model.add(named.getKey(), named.getValue(), seed);
            Tensors.addNoise(model.base().door(), adapter, 0.3, seed++);
            choices.add(AdapterSelection.of(named.getKey()));
        }
        choices.add(AdapterSelection.of("prefix", "lora"));
        choices.add(AdapterSelection.of("prompt", "long-prefix"));
        choices.add(AdapterSelection.of("beside", "long-prompt"));
        return choices;
    }
}
