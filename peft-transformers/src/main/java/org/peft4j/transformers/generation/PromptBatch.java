package org.peft4j.transformers.generation;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.BaseModel;
import org.peft4j.core.PeftException;
import org.peft4j.core.SequenceLayout;
import org.peft4j.core.TaskType;
import org.peft4j.core.TokenBatch;
import org.peft4j.transformers.generation.logits.TokenSequence;

/**
 * The prompts, padded on the left to one width, and the layout of what comes behind them. For an
 * encoder-decoder these are the prompts of its decoder; what the encoder reads is their source.
 */
final class PromptBatch {

    private final List<TokenSequence> starts;
    private final TokenBatch batch;

    private PromptBatch(List<long[]> prompts, TokenBatch batch) {
        this.starts = prompts.stream().map(TokenSequence::ofPrompt).toList();
        this.batch = batch;
    }

    /**
     * Makes the batch of a request.
     *
     * @param base a decoder, or an encoder-decoder, for which the prompts are the source
     * @throws PeftException if nothing says what the decoder begins with
     */
    static PromptBatch of(GenerationRequest request, GenerationConfig config, BaseModel base) {
        List<long[]> prompts = request.prompts();
        if (base.info().task() != TaskType.SEQ_2_SEQ_LM) {
            if (request.decoderPrompts().isPresent()) {
                throw new PeftException(
                        "a "
                                + base.info().modelType()
                                + " has no encoder, so there are no decoder prompts besides the"
                                + " prompts. Leave them out.");
            }
            TokenBatch batch = TokenBatch.padded(prompts, null, config.padId(), true);
            return new PromptBatch(prompts, ofTasks(batch, request));
        }
        List<long[]> begins =
                request.decoderPrompts()
                        .orElseGet(
                                () -> {
                                    long[] start = {startId(config, base)};
                                    return Collections.nCopies(prompts.size(), start);
                                });
        TokenBatch source = TokenBatch.padded(prompts, null, config.padId(), false);
        TokenBatch decoder = TokenBatch.padded(begins, null, config.padId(), true);
        return new PromptBatch(begins, ofTasks(decoder.withSource(source), request));
    }

    private static TokenBatch ofTasks(TokenBatch batch, GenerationRequest request) {
        return request.taskIds()
                .map(ids -> batch.withTaskIds(ids.stream().mapToLong(id -> id).toArray()))
                .orElse(batch);
    }

    private static long startId(GenerationConfig config, BaseModel base) {
        if (config.decoderStartId().isPresent()) {
            return config.decoderStartId().getAsLong();
        }
        return base.decoderStart()
                .orElseThrow(
                        () ->
                                new PeftException(
                                        "the base does not say what the decoder begins with. Set"
                                                + " decoderStartId."))
                .startId();
    }

    /** Returns what the texts begin with. */
    List<TokenSequence> starts() {
        return starts;
    }

    /** Returns what the first pass reads. */
    TokenBatch first() {
        return batch;
    }

    /**
     * Returns the prompts' last tokens alone, which is what the unconditional texts of guidance
     * begin with.
     *
     * @throws PeftException if they are an encoder-decoder's, whose source would be missing
     */
    PromptBatch lastTokens() {
        if (batch.source() != null) {
            throw new PeftException(
                    "guidanceScale is for decoders alone: without its source, an encoder-decoder"
                            + " has nothing to write about. Leave it out.");
        }
        List<long[]> last = starts.stream().map(start -> new long[] {start.last()}).toList();
        TokenBatch alone = TokenBatch.padded(last, null, 0, true);
        long[] tasks = batch.taskIds();
        return new PromptBatch(last, tasks == null ? alone : alone.withTaskIds(tasks));
    }

    /** Returns the length of the longest prompt. */
    int width() {
        return batch.length();
    }

    int rows() {
        return batch.rows();
    }

    /**
     * Returns what a later pass reads: one token for each row.
     *
     * @param tokens a token for each row
     * @param origins the prompt of each row
     * @param cached the positions in the cache
     * @param virtual how many of them a method has put before the prompts
     */
    TokenBatch next(long[] tokens, int[] origins, int cached, int virtual) {
        int rows = tokens.length;
        long @Nullable [] mask = batch.layout().mask();
        if (mask == null) {
            return new TokenBatch(new SequenceLayout(rows, cached, 1), tokens);
        }
        long[] longer = new long[rows * (cached + 1)];
        Arrays.fill(longer, 1);
        for (int row = 0; row < rows; row++) {
            int to = row * (cached + 1) + virtual;
            System.arraycopy(mask, origins[row] * width(), longer, to, width());
        }
        return new TokenBatch(new SequenceLayout(rows, cached, 1, longer), tokens);
    }
}
