package org.peft4j.prompt.ptuning;

import java.util.ArrayList;
import java.util.List;
import org.peft4j.core.EncoderParameters;
import org.peft4j.core.Encoding;
import org.peft4j.core.ForwardContext;
import org.peft4j.core.Initializer;
import org.peft4j.core.ops.Activation;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;

/**
 * Computes virtual tokens: MLP(E), or MLP(LSTM(E)), with trained embeddings E. The names are those
 * of peft's module.
 *
 * @param embedding E, [total, width]
 * @param recurrent the layers of the LSTM; empty for none
 * @param linears the MLP's
 * @param dropout between layers of the LSTM
 */
record PromptEncoder(
        Tensor embedding, List<LstmLayer> recurrent, List<Linear> linears, double dropout)
        implements Encoding {

    private record Linear(Tensor weight, Tensor bias) {

        /** As torch makes a linear: U(±1/√in). */
        static Linear of(EncoderParameters parameters, int index, long out, long in) {
            Initializer start = Initializer.uniform(1 / Math.sqrt((double) in));
            String name = "mlp_head." + index;
            return new Linear(
                    parameters.parameter(name + ".weight", start, out, in),
                    parameters.parameter(name + ".bias", start, out));
        }
    }

    static PromptEncoder of(PTuningConfig config, EncoderParameters parameters) {
        long token = config.virtualTokens().width();
        long hidden = config.width();
        Tensor embedding =
                parameters.parameter(
                        "embedding.weight",
                        Initializer.normal(1),
                        config.virtualTokens().total(),
                        token);
        List<LstmLayer> recurrent = new ArrayList<>();
        List<Linear> linears = new ArrayList<>();
        switch (config.encoder()) {
            case MLP -> {
                linears.add(Linear.of(parameters, 0, hidden, token));
                linears.add(Linear.of(parameters, 2, hidden, hidden));
                linears.add(Linear.of(parameters, 4, token, hidden));
            }
            case LSTM -> {
                for (int i = 0; i < config.layers(); i++) {
                    long in = i == 0 ? token : 2 * hidden;
                    recurrent.add(LstmLayer.of(parameters, i, in, hidden));
                }
                linears.add(Linear.of(parameters, 0, 2 * hidden, 2 * hidden));
                linears.add(Linear.of(parameters, 2, token, 2 * hidden));
            }
        }
        return new PromptEncoder(embedding, recurrent, linears, config.dropout());
    }

    @Override
    public Tensor in(ForwardContext context) {
        Ops ops = context.ops();
        Tensor x = embedding;
        for (int i = 0; i < recurrent.size(); i++) {
            if (i > 0 && dropout > 0 && context.isTraining()) {
                x = ops.dropout(x, dropout, context.nextSeed());
            }
            x = recurrent.get(i).forward(ops, x);
        }
        for (int i = 0; i < linears.size(); i++) {
            x = i == 0 ? x : ops.activation(x, Activation.RELU);
            x = ops.linear(x, linears.get(i).weight(), linears.get(i).bias());
        }
        return x;
    }
}
