package org.peft4j.prompt.ptuning;

import java.util.List;
import org.peft4j.core.EncoderParameters;
import org.peft4j.core.Initializer;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;

/**
 * One bidirectional layer of an LSTM (Hochreiter and Schmidhuber 1997), under torch's names.
 *
 * @param forth of the direction from the first token to the last
 * @param back of the other
 */
record LstmLayer(Ops.LstmWeights forth, Ops.LstmWeights back) {

    /** As torch makes it: U(±1/√hidden). */
    static LstmLayer of(EncoderParameters parameters, int index, long in, long hidden) {
        List<Ops.LstmWeights> both =
                List.of("", "_reverse").stream()
                        .map(end -> direction(parameters, "l" + index + end, in, hidden))
                        .toList();
        return new LstmLayer(both.get(0), both.get(1));
    }

    private static Ops.LstmWeights direction(
            EncoderParameters parameters, String name, long in, long hidden) {
        Initializer start = Initializer.uniform(1 / Math.sqrt((double) hidden));
        return new Ops.LstmWeights(
                parameters.parameter("lstm_head.weight_ih_" + name, start, 4 * hidden, in),
                parameters.parameter("lstm_head.weight_hh_" + name, start, 4 * hidden, hidden),
                parameters.parameter("lstm_head.bias_ih_" + name, start, 4 * hidden),
                parameters.parameter("lstm_head.bias_hh_" + name, start, 4 * hidden));
    }

    /** Maps x, [tokens, in], to [tokens, 2 · hidden]. */
    Tensor forward(Ops ops, Tensor x) {
        return ops.bidirectionalLstm(x, forth, back);
    }
}
