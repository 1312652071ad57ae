package org.peft4j.prompt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftModel;
import org.peft4j.core.TaskType;
import org.peft4j.core.TokenBatch;
import org.peft4j.core.ops.Tensor;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.prompt.PromptEnsemble.Vote;
import org.peft4j.transformers.Checkpoints;
import org.peft4j.transformers.LoadOptions;

/** Prompts that vote say together what each says alone. */
final class PromptEnsembleTest {

    private static final TokenBatch TEXTS =
            TokenBatch.padded(List.of(new long[] {5, 6, 7, 8}, new long[] {9, 10}), null, 0, false);

    private static void addThree(PeftModel model) {
        for (int i = 1; i <= 3; i++) {
            model.add("p" + i, PromptTuningConfig.builder().virtualTokens(i).build(), i);
        }
    }

    private static double[] softmax(float... scores) {
        double[] all = new double[scores.length];
        double sum = 0;
        for (float score : scores) {
            sum += Math.exp(score);
        }
        for (int i = 0; i < all.length; i++) {
            all[i] = Math.exp(scores[i]) / sum;
        }
        return all;
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert-heads", "llama-heads"})
    void classifiersVote(String name) {
        LoadOptions options = LoadOptions.defaults().withTask(TaskType.SEQ_CLS);
        try (BaseModel base = Checkpoints.open(Fixtures.base(name), options);
                PeftModel model = PeftModel.of(base)) {
            addThree(model);
            List<Vote> votes = PromptEnsemble.of(model, "p1", "p2", "p3").vote(TEXTS);
            assertEquals(2, votes.size());
            for (int p = 0; p < 3; p++) {
                try (Tensor logits = model.logits(AdapterSelection.of("p" + (p + 1)), TEXTS)) {
                    float[] alone = logits.toFloats();
                    for (int row = 0; row < 2; row++) {
                        assertArrayEquals(
                                softmax(Arrays.copyOfRange(alone, row * 3, row * 3 + 3)),
                                votes.get(row).probabilities().get(p),
                                1e-5);
                    }
                }
            }
        }
    }

    @Test
    void labelWordsVote() {
        try (BaseModel base = Bases.open("llama");
                PeftModel model = PeftModel.of(base)) {
            addThree(model);
            int[] words = {20, 30};
            List<Vote> votes = PromptEnsemble.ofLabelWords(model, words, "p1", "p3").vote(TEXTS);
            try (Tensor logits = model.logits(AdapterSelection.of("p3"), TEXTS)) {
                float[] alone = logits.toFloats();
                int width = Math.toIntExact(base.info().vocabularySize());
                int last = (4 + 1) * width; // the second text ends at its second token
                assertArrayEquals(
                        softmax(alone[last + 20], alone[last + 30]),
                        votes.get(1).probabilities().get(1),
                        1e-5);
            }
        }
    }

    @Test
    void aMajorityDecidesAndProbabilityDecidesTies() {
        Vote vote =
                new Vote(
                        List.of(
                                new double[] {0.55, 0.45},
                                new double[] {0.55, 0.45},
                                new double[] {0.05, 0.95}));
        assertArrayEquals(new int[] {0, 0, 1}, vote.classes());
        assertEquals(0, vote.majority());
        assertEquals(1, vote.likeliest());
        assertEquals(1, Arrays.stream(vote.mean()).sum(), 1e-9);
        Vote tie = new Vote(List.of(new double[] {0.6, 0.4}, new double[] {0.1, 0.9}));
        assertEquals(1, tie.majority());
    }

    @Test
    void whatCannotVoteIsRefused() {
        try (BaseModel base = Bases.open("llama");
                PeftModel model = PeftModel.of(base)) {
            assertThrows(PeftException.class, () -> PromptEnsemble.of(model, "a"));
            int[] one = {3};
            int[] two = {3, 4};
            assertThrows(PeftException.class, () -> PromptEnsemble.ofLabelWords(model, one, "a"));
            assertThrows(PeftException.class, () -> PromptEnsemble.ofLabelWords(model, two));
            assertThrows(
                    PeftException.class, () -> PromptEnsemble.ofLabelWords(model, two, "a", "a"));
        }
    }
}
