package org.peft4j.examples.sst2;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.peft4j.adapter.selective.SelectiveConfig;
import org.peft4j.core.PeftException;
import org.peft4j.lora.LoraConfig;
import org.peft4j.lora.LoraConfigBuilder;

/** The methods by name, each with the settings and the learning rate that it is tried with. */
public final class Recipes {

    private static final Map<String, Function<RecipeOptions, Recipe>> ALL = all();

    private Recipes() {}

    private static Map<String, Function<RecipeOptions, Recipe>> all() {
        Map<String, Function<RecipeOptions, Recipe>> all = new LinkedHashMap<>();
        all.put("full", o -> new Recipe(5e-5, SelectiveConfig.fullFineTuning()));
        all.put("lora", o -> new Recipe(1e-3, lora(o, false)));
        all.put("rslora", o -> new Recipe(5e-4, lora(o, true)));
        return all;
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
