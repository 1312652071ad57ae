package org.peft4j.examples.sst2;

import static org.peft4j.adapter.selective.ModuleKind.ATTENTION;
import static org.peft4j.adapter.selective.ModuleKind.FEED_FORWARD_UP;
import static org.peft4j.adapter.selective.ModuleKind.QUERY;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.peft4j.adapter.bottleneck.BottleneckConfig;
import org.peft4j.adapter.ia3.Ia3Config;
import org.peft4j.adapter.lntuning.LnTuningConfig;
import org.peft4j.adapter.selective.SelectiveConfig;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftException;
import org.peft4j.lora.LoraConfig;
import org.peft4j.lora.LoraConfigBuilder;
import org.peft4j.prompt.PromptInitialization;
import org.peft4j.prompt.PromptTuningConfig;
import org.peft4j.prompt.prefix.PrefixTuningConfig;
import org.peft4j.prompt.ptuning.EncoderType;
import org.peft4j.prompt.ptuning.PTuningConfig;

/** The methods by name, each with the settings and the learning rate that it is tried with. */
public final class Recipes {

    private static final Map<String, Function<RecipeOptions, Recipe>> ALL = all();

    private Recipes() {}

    private static Map<String, Function<RecipeOptions, Recipe>> all() {
        Map<String, Function<RecipeOptions, Recipe>> all = new LinkedHashMap<>();
        all.put("head-only", o -> new Recipe(5e-3, headOnly()));
        all.put("full", o -> new Recipe(5e-5, SelectiveConfig.fullFineTuning()));
        selective(all);
        all.put("lora", o -> new Recipe(1e-3, lora(o, false)));
        all.put("rslora", o -> new Recipe(5e-4, lora(o, true)));
        prompts(all);
        bottlenecks(all);
        return all;
    }

    private static void selective(Map<String, Function<RecipeOptions, Recipe>> all) {
        all.put("bitfit", o -> new Recipe(2e-3, SelectiveConfig.bitFit()));
        all.put(
                "bitfit-half",
                o -> new Recipe(2e-3, SelectiveConfig.bitFit(QUERY, FEED_FORWARD_UP)));
        all.put("last-layer", o -> new Recipe(2e-4, SelectiveConfig.lastLayers(1)));
        all.put("attention", o -> new Recipe(1e-4, SelectiveConfig.of(ATTENTION)));
        all.put("ln-tuning", o -> new Recipe(2e-3, new LnTuningConfig()));
        all.put("ia3", o -> new Recipe(1e-2, Ia3Config.builder().build()));
    }

    private static void prompts(Map<String, Function<RecipeOptions, Recipe>> all) {
        all.put("prompt-tuning", o -> new Recipe(1e-2, prompt(o)));
        all.put("p-tuning-mlp", o -> new Recipe(1e-3, pTuning(o, EncoderType.MLP)));
        all.put("p-tuning-lstm", o -> new Recipe(1e-3, pTuning(o, EncoderType.LSTM)));
        all.put("p-tuning-v2", o -> new Recipe(1e-2, prefix(o, false)));
        all.put("prefix-tuning", o -> new Recipe(1e-3, prefix(o, true)));
    }

    private static void bottlenecks(Map<String, Function<RecipeOptions, Recipe>> all) {
        all.put("houlsby", o -> new Recipe(1e-3, BottleneckConfig.houlsby().build()));
        all.put("pfeiffer", o -> new Recipe(1e-3, BottleneckConfig.pfeiffer().build()));
        all.put("parallel", o -> new Recipe(1e-3, BottleneckConfig.parallel().build()));
        all.put(
                "scaled-parallel",
                o -> new Recipe(1e-3, BottleneckConfig.scaledParallel().build()));
        all.put("compacter", o -> new Recipe(3e-3, BottleneckConfig.compacter().build()));
        all.put("compacter++", o -> new Recipe(3e-3, BottleneckConfig.compacterPlusPlus().build()));
        all.put(
                "mam",
                o -> new Recipe(1e-3, prefix(o, true), BottleneckConfig.scaledParallel().build()));
        all.put(
                "lora+prefix+pfeiffer",
                o ->
                        new Recipe(
                                1e-3,
                                lora(o, false),
                                prefix(o, true),
                                BottleneckConfig.pfeiffer().build()));
    }

    /** The classification head is trained whatever is chosen, so choosing it again adds nothing. */
    private static PeftConfig headOnly() {
        return SelectiveConfig.fullFineTuning().withModules("classifier");
    }

    private static PeftConfig prompt(RecipeOptions options) {
        return PromptTuningConfig.builder()
                .virtualTokens(options.virtualTokens)
                .initialization(PromptInitialization.sampledVocabulary())
                .build();
    }

    private static PeftConfig pTuning(RecipeOptions options, EncoderType encoder) {
        return PTuningConfig.builder()
                .virtualTokens(options.virtualTokens)
                .encoder(encoder)
                .build();
    }

    private static PeftConfig prefix(RecipeOptions options, boolean projection) {
        return PrefixTuningConfig.builder()
                .virtualTokens(options.virtualTokens)
                .prefixProjection(projection)
                .build();
    }

    private static LoraConfig lora(RecipeOptions options, boolean rslora) {
        LoraConfigBuilder config =
                LoraConfig.builder()
                        .rank(options.rank)
                        .alpha(2 * options.rank)
                        .dropout(options.dropout)
                        .useRslora(rslora);
        return (options.targets.equals(List.of("all-linear"))
                        ? config.targetAllLinear()
                        : config.targetModules(options.targets.toArray(new String[0])))
                .build();
    }

    /** Returns the names of all methods. */
    public static List<String> names() {
        return List.copyOf(ALL.keySet());
    }

    /** The names as picocli shows them. */
    static final class Names extends ArrayList<String> {
        private static final long serialVersionUID = 1;

        Names() {
            super(names());
        }
    }

    /** Returns how a method is trained. */
    static Recipe of(String name, RecipeOptions options) {
        Function<RecipeOptions, Recipe> recipe = ALL.get(name);
        if (recipe == null) {
            throw new PeftException(
                    "there is no method named " + name + ". There are: " + names() + ".");
        }
        return recipe.apply(options);
    }
}
