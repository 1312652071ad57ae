package org.peft4j.transformers.generation;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.PeftException;

/**
 * What to continue.
 *
 * @param selection which adapters act; may be another one for each prompt
 * @param prompts the ids of each prompt, none empty; for an encoder-decoder what its encoder reads
 * @param decoderPrompts what the decoder of an encoder-decoder begins with, one for each prompt;
 *     empty for its start token
 * @param seeds a seed for each prompt, so that what is drawn for it does not depend on its place in
 *     the batch; empty for seeds that follow from that of the config. The first prompt of a batch
 *     without seeds draws as one with the config's seed
 * @param taskIds the number of each prompt's task, for adapters that tell tasks apart
 */
public record GenerationRequest(
        AdapterSelection selection,
        List<long[]> prompts,
        Optional<List<long[]>> decoderPrompts,
        Optional<List<Long>> seeds,
        Optional<List<Long>> taskIds) {

    /** A request without tasks. */
    public GenerationRequest(
            AdapterSelection selection,
            List<long[]> prompts,
            Optional<List<long[]>> decoderPrompts,
            Optional<List<Long>> seeds) {
        this(selection, prompts, decoderPrompts, seeds, Optional.empty());
    }

    /** Checks the prompts. */
    public GenerationRequest {
        prompts = List.copyOf(prompts);
        decoderPrompts = decoderPrompts.map(List::copyOf);
        seeds = seeds.map(List::copyOf);
        taskIds = taskIds.map(List::copyOf);
        if (prompts.isEmpty()) {
            throw new PeftException("there is no prompt to continue. Give at least one.");
        }
        requireTokens("prompt", prompts);
        if (decoderPrompts.isPresent()) {
            requireTokens("decoder prompt", decoderPrompts.get());
            requireAsMany("there are decoder prompts", decoderPrompts.get().size(), prompts.size());
        }
        if (selection.isPerRow()) {
            requireAsMany("the selection has adapters", selection.rows().size(), prompts.size());
        }
        if (seeds.isPresent()) {
            requireAsMany("there are seeds", seeds.get().size(), prompts.size());
        }
        if (taskIds.isPresent()) {
            requireAsMany("there are task ids", taskIds.get().size(), prompts.size());
        }
    }

    /** A request whose seeds follow from that of the config. */
    public static GenerationRequest of(AdapterSelection selection, List<long[]> prompts) {
        return new GenerationRequest(selection, prompts, Optional.empty(), Optional.empty());
    }

    /** The same with a seed for each prompt. */
    public GenerationRequest withSeeds(Long... rowSeeds) {
        return new GenerationRequest(
                selection, prompts, decoderPrompts, Optional.of(List.of(rowSeeds)), taskIds);
    }

    /** The same with the number of each prompt's task. */
    public GenerationRequest withTaskIds(Long... ids) {
        return new GenerationRequest(
                selection, prompts, decoderPrompts, seeds, Optional.of(List.of(ids)));
    }

    /** The same with what the decoder of an encoder-decoder begins with, one for each prompt. */
    public GenerationRequest withDecoderPrompts(List<long[]> begins) {
        return new GenerationRequest(selection, prompts, Optional.of(begins), seeds, taskIds);
    }

    private static void requireTokens(String what, List<long[]> prompts) {
        for (int row = 0; row < prompts.size(); row++) {
            if (prompts.get(row).length == 0) {
                throw new PeftException(
                        what
                                + " "
                                + row
                                + " is empty. Give at least the token that begins a text.");
            }
        }
    }

    private static void requireAsMany(String what, int count, int prompts) {
        if (count != prompts) {
            throw new PeftException(
                    what + " for " + count + " rows, but there are " + prompts + " prompts.");
        }
    }

    /** Returns the given seed of a prompt. */
    OptionalLong seed(int prompt) {
        return seeds.map(all -> OptionalLong.of(all.get(prompt))).orElse(OptionalLong.empty());
    }
}
