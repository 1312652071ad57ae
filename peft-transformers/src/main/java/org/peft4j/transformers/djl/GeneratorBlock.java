package org.peft4j.transformers.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.SequenceLayout;
import org.peft4j.core.TokenBatch;
import org.peft4j.transformers.generation.Generator;

/**
 * Generation as a DJL block. Inputs are prompts as {@link PeftBlock} takes them; outputs are the
 * new tokens, INT64 [texts, length], and their mask, INT64 of the same shape: texts that ended
 * early are padded on the right. There is a text for each prompt, or, one prompt after the other,
 * as many as the generator's config says.
 */
public final class GeneratorBlock extends ServingBlock {

    private final Generator generator;

    /**
     * Wraps a generator.
     *
     * @param generator its model stays the caller's to close
     * @param selection which adapters act where a request chooses none
     * @param adapters the adapters that requests choose from
     */
    public GeneratorBlock(Generator generator, AdapterSelection selection, List<String> adapters) {
        super(generator.model(), selection, adapters);
        this.generator = generator;
    }

    @Override
    NDList run(NDManager manager, ModelInputs inputs, AdapterSelection chosen) {
        List<long[]> texts = generator.generate(chosen, prompts(inputs.batch()));
        int width = texts.stream().mapToInt(text -> text.length).max().orElse(0);
        long[] ids = new long[texts.size() * width];
        long[] mask = new long[ids.length];
        Arrays.fill(ids, generator.config().padId());
        for (int row = 0; row < texts.size(); row++) {
            long[] text = texts.get(row);
            System.arraycopy(text, 0, ids, row * width, text.length);
            Arrays.fill(mask, row * width, row * width + text.length, 1);
        }
        Shape shape = new Shape(texts.size(), width);
        return new NDList(array(manager, ids, shape), array(manager, mask, shape));
    }

    private static NDArray array(NDManager manager, long[] values, Shape shape) {
        return manager.create(values, shape);
    }

    /** The tokens of each row, without padding. */
    private static List<long[]> prompts(TokenBatch batch) {
        SequenceLayout layout = batch.layout();
        long[] mask = layout.mask();
        List<long[]> prompts = new ArrayList<>();
        for (int row = 0; row < batch.rows(); row++) {
            int start = row * batch.length();
            long[] ids = new long[batch.length()];
            int count = 0;
            for (int i = start; i < start + batch.length(); i++) {
                if (mask == null || mask[i] == 1) {
                    ids[count++] = batch.inputIds()[i];
                }
            }
            prompts.add(Arrays.copyOf(ids, count));
        }
        return prompts;
    }

    /** The lengths are known once the texts are: −1. */
    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
        Shape shape = new Shape(-1, -1);
        return new Shape[] {shape, shape};
    }
}
