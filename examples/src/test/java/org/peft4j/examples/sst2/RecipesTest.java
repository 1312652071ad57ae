package org.peft4j.examples.sst2;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.peft4j.adapter.Union;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TokenBatch;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.fixtures.Tensors;
import org.peft4j.train.TrainingConfig;
import org.peft4j.train.data.Collator;
import org.peft4j.train.data.Example;
import org.peft4j.transformers.Checkpoints;
import org.peft4j.transformers.HeadOptions;
import org.peft4j.transformers.LoadOptions;

/** Every method of the table is trained and kept, with its members and in all its parts. */
final class RecipesTest {

    private static final int EXAMPLES = 12;

    /** Without Compacter, for whose reduction the fixture's 16 columns are too few. */
    private static List<String> methods() {
        return Recipes.names().stream().filter(name -> !name.startsWith("compacter")).toList();
    }

    private static BaseModel base() {
        return Checkpoints.open(
                Fixtures.base("bert"),
                LoadOptions.defaults()
                        .withHead(HeadOptions.sequenceClassification(SentimentData.CLASSES)));
    }

    private static RecipeOptions options() {
        RecipeOptions options = new RecipeOptions();
        options.virtualTokens = 3;
        options.frequentTokens = List.of(5, 6, 7);
        return options;
    }

    private static List<Example> examples() {
        return LongStream.range(0, EXAMPLES)
                .mapToObj(i -> Example.ofClass(new long[] {1, 5 + i, 6, 2}, i % 2).withTaskId(0))
                .toList();
    }

    private static Stages stages(PeftModel model, Path out) {
        return new Stages(
                model,
                new Collator(0, 1),
                () -> TrainingConfig.builder().epochs(1).batchSize(4).learningRate(1e-2),
                out,
                true);
    }

    @ParameterizedTest
    @MethodSource("methods")
    void aMethodIsTrainedAndKept(String method, @TempDir Path out) throws IOException {
        Recipe recipe = Recipes.of(method, options());
        TokenBatch batch = new Collator(0, 1).collate(examples().subList(0, 2));
        float[] trained;
        try (BaseModel base = base();
                PeftModel model = PeftModel.of(base)) {
            float[] before = Tensors.logits(model, AdapterSelection.none(), batch);
            Stages stages = stages(model, out);
            stages.trainMembers(recipe, examples(), 0);
            AdapterSelection selection = recipe.addTo(model, 0);
            assertTrue(stages.train(selection, examples()).isComplete());
            trained = Tensors.logits(model, selection, batch);
            assertFalse(Arrays.equals(before, trained), "training changes nothing");
            recipe.save(model, stages.adapters());
            assertTrue(stages.savedBytes() > 0);
        }
        try (BaseModel base = base();
                PeftModel model = PeftModel.of(base)) {
            double seconds = stages(model, out).trainMembers(recipe, examples(), 0);
            assertEquals(0, seconds, "members are loaded, not trained again");
            assertArrayEquals(
                    trained, Tensors.logits(model, load(recipe, model, out), batch), 1e-6f);
        }
    }

    private static AdapterSelection load(Recipe recipe, PeftModel model, Path out) {
        Path directory = out.resolve("adapter");
        if (recipe.parts().size() == 1) {
            model.load("default", directory);
            return AdapterSelection.of("default");
        }
        String[] parts = recipe.parts().keySet().toArray(new String[0]);
        return Union.load(model, "default", directory, parts).selection();
    }

    @Test
    void theMostFrequentTokensComeFirst() {
        List<Example> examples =
                List.of(
                        Example.ofClass(new long[] {9, 9, 9, 4}, 0),
                        Example.ofClass(new long[] {4, 3}, 1),
                        Example.ofClass(new long[] {4, 3, 8}, 1));
        assertEquals(List.of(4, 3, 8), SentimentData.frequentTokens(examples, 3));
    }
}
