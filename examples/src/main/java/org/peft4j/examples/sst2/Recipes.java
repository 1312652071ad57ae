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
import org.peft4j.adapter.fusion.FusionConfig;
import org.peft4j.adapter.ia3.Ia3Config;
import org.peft4j.adapter.lntuning.LnTuningConfig;
import org.peft4j.adapter.selective.SelectiveConfig;
import org.peft4j.adapter.tokens.TrainableTokensConfig;
import org.peft4j.core.PeftConfig;
import org.peft4j.core.PeftException;
import org.peft4j.lora.LoraConfig;
import org.peft4j.lora.LoraConfigBuilder;
import org.peft4j.prompt.PromptInitialization;
import org.peft4j.prompt.PromptTuningConfig;
import org.peft4j.prompt.multitask.MultitaskPromptConfig;
import org.peft4j.prompt.prefix.AttentionPrefixConfig;
import org.peft4j.prompt.prefix.PrefixTuningConfig;
import org.peft4j.prompt.ptuning.EncoderType;
import org.peft4j.prompt.ptuning.PTuningConfig;
import org.peft4j.prompt.ptuning.PTuningConfigBuilder;

/** The methods by name, each with the settings and the learning rate that it is tried with. */
public final class Recipes {

    private static final Map<String, Method> ALL = all();

    private record Method(double learningRate, Function<RecipeOptions, Recipe> recipe) {

        static Method of(double learningRate, Function<RecipeOptions, PeftConfig> config) {
            return new Method(learningRate, options -> Recipe.of(config.apply(options)));
        }
    }

    private Recipes() {}

    private static Map<String, Method> all() {
        Map<String, Method> all = new LinkedHashMap<>();
        all.put("head-only", Method.of(1e-1, o -> headOnly()));
        all.put("full", Method.of(2e-4, o -> SelectiveConfig.fullFineTuning()));
        selective(all);
        all.put("lora", Method.of(1e-3, o -> lora(o, false)));
        all.put("rslora", Method.of(5e-4, o -> lora(o, true)));
        prompts(all);
        bottlenecks(all);
        unions(all);
        return all;
    }

    private static void selective(Map<String, Method> all) {
        all.put("bitfit", Method.of(5e-3, o -> SelectiveConfig.bitFit()));
        all.put(
                "bitfit-half",
                Method.of(1e-2, o -> SelectiveConfig.bitFit(QUERY, FEED_FORWARD_UP)));
        all.put("last-layer", Method.of(2e-4, o -> SelectiveConfig.lastLayers(1)));
        all.put("attention", Method.of(1e-4, o -> SelectiveConfig.of(ATTENTION)));
        all.put("ln-tuning", Method.of(1e-2, o -> new LnTuningConfig()));
        all.put("trainable-tokens", Method.of(2e-3, Recipes::frequentTokens));
        all.put("ia3", Method.of(1e-2, o -> Ia3Config.builder().build()));
    }

    private static void prompts(Map<String, Method> all) {
        all.put("prompt-tuning", Method.of(5e-2, Recipes::prompt));
        all.put("multitask-prompt", Method.of(5e-2, Recipes::multitask));
        all.put("p-tuning-mlp", Method.of(1e-2, o -> pTuning(o, EncoderType.MLP).build()));
        all.put(
                "p-tuning-lstm",
                Method.of(1e-2, o -> pTuning(o, EncoderType.LSTM).hiddenSize(128).build()));
        all.put("p-tuning-v2", Method.of(1e-2, o -> prefix(o, false)));
        all.put("prefix-tuning", Method.of(3e-4, o -> prefix(o, true)));
    }

    private static void bottlenecks(Map<String, Method> all) {
        all.put("houlsby", Method.of(1e-3, o -> BottleneckConfig.houlsby().build()));
        all.put("pfeiffer", Method.of(1e-3, o -> BottleneckConfig.pfeiffer().build()));
        all.put("parallel", Method.of(1e-3, o -> BottleneckConfig.parallel().build()));
        all.put("scaled-parallel", Method.of(1e-3, o -> BottleneckConfig.scaledParallel().build()));
        all.put("compacter", Method.of(1e-2, o -> BottleneckConfig.compacter().build()));
        all.put("compacter++", Method.of(1e-2, o -> BottleneckConfig.compacterPlusPlus().build()));
        all.put("fusion", new Method(1e-3, o -> fusion()));
    }

    private static void unions(Map<String, Method> all) {
        all.put("mam", new Method(1e-3, Recipes::mam));
        all.put("unipelt", new Method(1e-3, Recipes::unipelt));
    }

    private static Recipe mam(RecipeOptions options) {
        return Recipe.union(prefix(options, true), BottleneckConfig.scaledParallel().build());
    }

    /** With the gates of Mao et al. 2022, one for keys and values of the prefix. */
    private static Recipe unipelt(RecipeOptions options) {
        return Recipe.union(
                AttentionPrefixConfig.builder()
                        .length(10)
                        .gating(AttentionPrefixConfig.Gating.SHARED)
                        .build(),
                BottleneckConfig.pfeiffer().useGating(true).build(),
                lora(options, false).toBuilder().useGating(true).build());
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

    /** With one task its factors change nothing that the shared prompt could not say. */
    private static PeftConfig multitask(RecipeOptions options) {
        return MultitaskPromptConfig.builder()
                .virtualTokens(options.virtualTokens)
                .initialization(PromptInitialization.sampledVocabulary())
                .build();
    }

    /** Three adapters of a third of the examples each, mixed. */
    private static Recipe fusion() {
        BottleneckConfig member = BottleneckConfig.pfeiffer().build();
        List<BottleneckConfig> members = List.of(member, member, member);
        return Recipe.of(FusionConfig.dynamic(Recipe.memberNames(members.size()))).after(members);
    }

    private static PeftConfig frequentTokens(RecipeOptions options) {
        return new TrainableTokensConfig(options.frequentTokens.toArray(new Integer[0]));
    }

    private static PTuningConfigBuilder pTuning(RecipeOptions options, EncoderType encoder) {
        return PTuningConfig.builder().virtualTokens(options.virtualTokens).encoder(encoder);
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

    /** Returns how a method is put together. */
    static Recipe of(String name, RecipeOptions options) {
        return method(name).recipe().apply(options);
    }

    /** Returns the peak learning rate that a method is tried with. */
    public static double learningRate(String name) {
        return method(name).learningRate();
    }

    private static Method method(String name) {
        Method method = ALL.get(name);
        if (method == null) {
            throw new PeftException(
                    "there is no method named " + name + ". There are: " + names() + ".");
        }
        return method;
    }
}
