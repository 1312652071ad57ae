package org.peft4j.prompt;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.PeftException;
import org.peft4j.core.PeftModel;
import org.peft4j.core.SequenceLayout;
import org.peft4j.core.ops.DType;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.InputFlow;
import org.peft4j.core.points.InputPoint;
import org.peft4j.prompt.PromptReading.Neighbour;
import org.peft4j.prompt.internal.Inputs;

/**
 * Reads a soft prompt (Lester et al. 2021, section 7): the tokens of the vocabulary that each
 * virtual token is nearest to, by cosine similarity.
 */
public final class PromptReader {

    private static final int ROWS_AT_A_TIME = 4_096;

    private PromptReader() {}

    /**
     * Reads the virtual tokens that an adapter puts before the input; of an encoder-decoder, those
     * of the encoder.
     *
     * @param model the base and its adapters
     * @param adapter a prompt, of whatever method makes it
     * @param k how many tokens for each virtual one; the paper takes 5
     * @throws PeftException if the adapter puts nothing before the input
     */
    public static PromptReading read(PeftModel model, String adapter, int k) {
        if (k < 1) {
            throw new PeftException("k must be 1 or more but is " + k + ".");
        }
        InputPoint input = Inputs.first(model.base().points());
        try (ForwardContext context = model.open(AdapterSelection.of(adapter))) {
            Tensor prompt = prompt(context, input);
            int count = Math.toIntExact(prompt.size(0));
            if (count == 0) {
                throw new PeftException(
                        "adapter " + adapter + " puts no virtual tokens before the input.");
            }
            return new PromptReading(nearest(context, input, prompt, k));
        }
    }

    /** What flows before a single token: the virtual tokens as the base sees them. */
    private static Tensor prompt(ForwardContext context, InputPoint input) {
        Ops ops = context.ops();
        Tensor one = ops.full(0, input.table().table().dtype(), 1, 1, input.width());
        InputFlow flow = input.forward(context, new InputFlow(one, new SequenceLayout(1, 0, 1)));
        int count = flow.layout().length() - 1;
        Tensor all = ops.cast(flow.embeddings(), DType.FLOAT32);
        return ops.reshape(ops.narrow(all, 1, 0, count), count, input.width());
    }

    private static List<List<Neighbour>> nearest(
            ForwardContext context, InputPoint input, Tensor prompt, int k) {
        int count = Math.toIntExact(prompt.size(0));
        int width = Math.toIntExact(input.width());
        double[] norms = norms(prompt.toFloats(), count, width);
        List<PriorityQueue<Neighbour>> best = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            best.add(new PriorityQueue<>(Comparator.comparingDouble(Neighbour::similarity)));
        }
        int vocabulary = Math.toIntExact(input.table().vocabulary());
        for (int start = 0; start < vocabulary; start += ROWS_AT_A_TIME) {
            int rows = Math.min(ROWS_AT_A_TIME, vocabulary - start);
            Ops ops = context.ops();
            try (Tensor stored = ops.narrow(input.table().table(), 0, start, rows);
                    Tensor part = ops.cast(stored, DType.FLOAT32);
                    Tensor dots = ops.linear(prompt, part, null)) {
                double[] lengths = norms(part.toFloats(), rows, width);
                float[] products = dots.toFloats();
                for (int i = 0; i < count; i++) {
                    for (int row = 0; row < rows; row++) {
                        double similarity =
                                products[i * rows + row]
                                        / Math.max(norms[i] * lengths[row], Double.MIN_NORMAL);
                        offer(best.get(i), new Neighbour(start + row, similarity), k);
                    }
                }
            }
        }
        return best.stream()
                .map(
                        queue ->
                                queue.stream()
                                        .sorted(
                                                Comparator.comparingDouble(Neighbour::similarity)
                                                        .reversed())
                                        .toList())
                .toList();
    }

    private static void offer(PriorityQueue<Neighbour> best, Neighbour next, int k) {
        best.add(next);
        if (best.size() > k) {
            best.remove();
        }
    }

    private static double[] norms(float[] values, int rows, int width) {
        double[] norms = new double[rows];
        for (int row = 0; row < rows; row++) {
            double squares = 0;
            for (int i = row * width; i < (row + 1) * width; i++) {
                squares += (double) values[i] * values[i];
            }
            norms[row] = Math.sqrt(squares);
        }
        return norms;
    }
}
