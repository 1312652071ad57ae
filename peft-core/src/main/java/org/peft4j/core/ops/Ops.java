package org.peft4j.core.ops;

import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.LongBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The operators of a forward pass, for one thread.
 *
 * <p>Every result belongs to the innermost open {@link Scope}. Shapes are written [a, b]; "rows"
 * stands for any leading dimensions. Unless said otherwise a result has its first argument's dtype.
 */
public final class Ops implements AutoCloseable {

    private final OperatorDoor door;
    private final Mode mode;
    private final Thread thread = Thread.currentThread();
    private final boolean gradModeBefore;
    private final Scope root;
    private Scope scope;
    private boolean closed;
    private final AttentionOps attention;

    @SuppressWarnings("NullAway") // the root scope needs this object before it is complete
    Ops(OperatorDoor door, Mode mode) {
        this.door = door;
        this.mode = mode;
        this.attention = new AttentionOps(this);
        this.root = new Scope(this, null);
        this.scope = root;
        door.lifetime().enter();
        this.gradModeBefore = JniUtils.isGradMode();
        JniUtils.setGradMode(mode == Mode.TRAINING);
        JniUtils.setGraphExecutorOptimize(false); // per thread in libtorch
    }

    /** Returns what this pass is for. */
    public Mode mode() {
        return mode;
    }

    /** Returns the door that these operators go through. */
    public OperatorDoor door() {
        return door;
    }

    /** Opens a scope inside the current one; close it with try-with-resources. */
    public Scope scope() {
        requireUsable();
        scope = new Scope(this, scope);
        return scope;
    }

    void leave(Scope left) {
        if (left != scope && left != root) {
            throw new IllegalStateException("scopes close in the reverse order of their opening");
        }
        Scope outside = left.outside();
        scope = outside == null ? root : outside;
    }

    /** Takes a tensor out of every scope of this pass: the caller closes it. */
    public Tensor release(Tensor tensor) {
        for (Scope s = scope; s != null; s = s.outside()) {
            s.keep(tensor);
        }
        return tensor;
    }

    /** Takes a tensor out of the scopes inside this pass: it is closed with the pass. */
    public Tensor keepForPass(Tensor tensor) {
        return root.take(tensor);
    }

    /** Returns the innermost open scope, or that of the whole pass. */
    public Scope currentScope() {
        return scope;
    }

    private void requireThread() {
        if (Thread.currentThread() != thread) {
            throw new IllegalStateException(
                    "a forward pass belongs to the thread that opened it ("
                            + thread.getName()
                            + "). Open one per thread.");
        }
    }

    private void requireUsable() {
        requireThread();
        if (closed) {
            throw new IllegalStateException("this forward pass is closed. Open another.");
        }
    }

    // --- tensors from Java ---

    /** Returns an INT64 tensor of the given shape. */
    public Tensor longs(long[] values, long... shape) {
        return fromJava(LongBuffer.wrap(values), shape, DType.INT64);
    }

    /** Returns a FLOAT32 tensor of the given shape. */
    public Tensor floats(float[] values, long... shape) {
        return fromJava(java.nio.FloatBuffer.wrap(values), shape, DType.FLOAT32);
    }

    /**
     * The memory of such a tensor is Java's and goes with it, whatever libtorch still holds. On the
     * way back autograd reads indices once more, so in training they live as long as the pass.
     */
    private Tensor fromJava(java.nio.Buffer values, long[] shape, DType dtype) {
        requireUsable();
        Tensor tensor = adopt(door.create(values, dtype, shape));
        return mode == Mode.TRAINING ? keepForPass(tensor) : tensor;
    }

    /** Returns a tensor of one value. */
    public Tensor full(double value, DType dtype, long... shape) {
        return call("full", dtype, sizes(shape), door.number(value), code(dtype), door.absent());
    }

    // --- linear algebra ---

    /**
     * y = W x + b.
     *
     * @param x [rows, in]
     * @param w [out, in], of x's dtype
     * @param b [out] or null
     * @return [rows, out]
     */
    public Tensor linear(Tensor x, Tensor w, @Nullable Tensor b) {
        return call("linear", x.dtype(), x, w, orAbsent(b));
    }

    /**
     * y = W x + b + s · B A dropout(x), the LoRA linear (Hu et al. 2021, eq. 3) in one crossing.
     * The low-rank term is computed in the dtype of A and added before the sum is rounded to x's
     * dtype.
     *
     * @param x [rows, in]
     * @param wide x in the dtype of A
     * @param w [out, in], of x's dtype
     * @param b [out] or null
     * @param a [r, in]
     * @param bb [out, r]
     * @param s the scaling
     * @param dropout the probability of a zero in the adapter's input
     * @param seed decides the dropout mask
     */
    public Tensor loraLinear(
            Tensor x,
            Tensor wide,
            Tensor w,
            @Nullable Tensor b,
            Tensor a,
            Tensor bb,
            double s,
            double dropout,
            long seed) {
        return call(
                "lora_linear",
                x.dtype(),
                x,
                wide,
                w,
                orAbsent(b),
                a,
                bb,
                door.number(s),
                door.number(dropout),
                seed(dropout, seed));
    }

    /**
     * s · B A dropout(x) in the dtype of A: the low-rank term alone.
     *
     * @see #loraLinear
     */
    public Tensor loraDelta(Tensor x, Tensor a, Tensor bb, double s, double dropout, long seed) {
        return call(
                "lora_delta",
                a.dtype(),
                x,
                a,
                bb,
                door.number(s),
                door.number(dropout),
                seed(dropout, seed));
    }

    /** y + d, rounded to y's dtype; shapes broadcast. */
    public Tensor add(Tensor y, Tensor d) {
        return call("add", y.dtype(), y, d);
    }

    /** x · f element by element, rounded to x's dtype; shapes broadcast. */
    public Tensor multiply(Tensor x, Tensor f) {
        return call("multiply", x.dtype(), x, f);
    }

    /** x times a number. */
    public Tensor scale(Tensor x, double f) {
        return call("scale", x.dtype(), x, adopt(door.variable(f)));
    }

    /** The matrix product of the last two dimensions. */
    public Tensor matmul(Tensor a, Tensor b) {
        return call("matmul", a.dtype(), a, b);
    }

    /** The sum of the squares of all elements, 0-d. */
    public Tensor sumSquares(Tensor x) {
        return call("sum_squares", x.dtype(), x);
    }

    /** Inverted dropout (Srivastava et al. 2014) whose mask follows from the seed. */
    public Tensor dropout(Tensor x, double p, long seed) {
        return call("dropout", x.dtype(), x, door.number(p), seed(p, seed));
    }

    /**
     * One bidirectional layer of an LSTM (Hochreiter and Schmidhuber 1997) that starts at zero.
     *
     * @param x [tokens, in]
     * @param forth weights of the direction from the first token to the last
     * @param back weights of the other
     * @return [tokens, 2 · hidden], the outputs of the first direction before those of the other
     */
    public Tensor bidirectionalLstm(Tensor x, LstmWeights forth, LstmWeights back) {
        return call(
                "bidirectional_lstm",
                x.dtype(),
                x,
                forth.fromInput(),
                forth.fromHidden(),
                forth.inputBias(),
                forth.hiddenBias(),
                back.fromInput(),
                back.fromHidden(),
                back.inputBias(),
                back.hiddenBias());
    }

    // --- transformer parts ---

    /**
     * Rows of a table.
     *
     * @param ids INT64, any shape
     * @param table [vocabulary, width]
     * @return ids' shape plus [width], of the table's dtype
     */
    public Tensor embedding(Tensor ids, Tensor table) {
        return call("embedding", table.dtype(), ids, table);
    }

    /**
     * w · x / √(mean(x²) + ε) over the last dimension, reduced in float32 (Zhang and Sennrich
     * 2019).
     *
     * @param x [rows, width]
     * @param w [width]
     */
    public Tensor rmsNorm(Tensor x, Tensor w, double epsilon) {
        return call("rms_norm", x.dtype(), x, w, door.number(epsilon));
    }

    /** Layer normalisation over the last dimension (Ba et al. 2016). */
    public Tensor layerNorm(Tensor x, @Nullable Tensor w, @Nullable Tensor b, double epsilon) {
        return call("layer_norm", x.dtype(), x, orAbsent(w), orAbsent(b), door.number(epsilon));
    }

    /**
     * (1 + w) · x / √(mean(x²) + ε) over the last dimension, multiplied in float32: Gemma's norm.
     *
     * @param x [rows, width]
     * @param w [width]
     */
    public Tensor offsetRmsNorm(Tensor x, Tensor w, double epsilon) {
        return call("offset_rms_norm", x.dtype(), x, w, door.number(epsilon));
    }

    /** An activation, element by element. */
    public Tensor activation(Tensor x, Activation kind) {
        return call("activation", x.dtype(), x, door.number(kind.code()));
    }

    /** act(gate) · up, the gate of a gated linear unit (Shazeer 2020). */
    public Tensor gate(Tensor gate, Tensor up, Activation kind) {
        return call("gate", gate.dtype(), gate, up, door.number(kind.code()));
    }

    /**
     * W_down (act(W_gate x) · W_up x), the gated feed-forward without biases in one crossing.
     *
     * @param x [rows, hidden]
     */
    public Tensor gatedMlp(Tensor x, Tensor gate, Tensor up, Tensor down, Activation kind) {
        return call("gated_mlp", x.dtype(), x, gate, up, down, door.number(kind.code()));
    }

    /**
     * act(gate) · up of a projection that gives both.
     *
     * @param x [rows, gate and up], of equal widths
     */
    public Tensor fusedGate(Tensor x, Activation kind) {
        return call("fused_gate", x.dtype(), x, door.number(kind.code()));
    }

    /**
     * {@link #gatedMlp} with gate and up in one matrix.
     *
     * @param gateUp [2 · inner, hidden]
     */
    public Tensor fusedGatedMlp(Tensor x, Tensor gateUp, Tensor down, Activation kind) {
        return call("fused_gated_mlp", x.dtype(), x, gateUp, down, door.number(kind.code()));
    }

    /**
     * W_down act(W_up x + b_up) + b_down, the plain feed-forward in one crossing.
     *
     * @param x [rows, hidden]
     */
    public Tensor mlp(
            Tensor x,
            Tensor up,
            @Nullable Tensor upBias,
            Tensor down,
            @Nullable Tensor downBias,
            Activation kind) {
        return call(
                "mlp",
                x.dtype(),
                x,
                up,
                orAbsent(upBias),
                down,
                orAbsent(downBias),
                door.number(kind.code()));
    }

    /**
     * s · (W_up act(W_down norm(x) + b_down) + b_up): a bottleneck adapter (Houlsby et al. 2019) in
     * one crossing.
     *
     * @param x [rows, width], of the dtype of the weights
     * @param norm weight and bias of a layer norm of x, or null
     * @param down [inner, width]
     * @param up [width, inner]
     * @param factor s
     * @param scale a trained factor besides, [1] or [width], or null
     */
    public Tensor bottleneck(
            Tensor x,
            @Nullable AffineNorm norm,
            Tensor down,
            @Nullable Tensor downBias,
            Tensor up,
            @Nullable Tensor upBias,
            Activation kind,
            double factor,
            @Nullable Tensor scale) {
        return call(
                "bottleneck",
                x.dtype(),
                x,
                orAbsent(norm == null ? null : norm.weight()),
                orAbsent(norm == null ? null : norm.bias()),
                down,
                orAbsent(downBias),
                up,
                orAbsent(upBias),
                door.number(kind.code()),
                door.number(factor),
                orAbsent(scale));
    }

    /** Weight and bias of a layer norm, each [width]. */
    public record AffineNorm(Tensor weight, Tensor bias) {}

    /**
     * y · mean over the sequence of σ(w x + b): the gate of UniPELT (Mao et al. 2022).
     *
     * @param y [batch, length, width]
     * @param x [batch, length, width]
     * @param w [1, width]
     * @param b [1]
     */
    public Tensor sequenceGate(Tensor y, Tensor x, Tensor w, Tensor b) {
        return call("sequence_gate", y.dtype(), y, x, w, b);
    }

    /**
     * The mean over the sequence of σ(W x + b): several such gates, to multiply with later.
     *
     * @param x [batch, length, width]
     * @param w [gates, width]
     * @param b [gates]
     * @return [batch, gates]
     */
    public Tensor gates(Tensor x, Tensor w, Tensor b) {
        return call("gates", x.dtype(), x, w, b);
    }

    /**
     * (Σᵢ Aᵢ ⊗ Bᵢ)ᵀ, a parameterised hypercomplex multiplication (Zhang et al. 2021).
     *
     * @param a [n, a, b]; or, with a right factor, [n, a, r]
     * @param aRight [n, r, b] or null
     * @param b [n, c, d]; or, with a right factor, [n, c, r]
     * @param bRight [n, r, d] or null
     * @return [b · d, a · c]
     */
    public Tensor kronecker(Tensor a, @Nullable Tensor aRight, Tensor b, @Nullable Tensor bRight) {
        return call("kronecker", a.dtype(), a, orAbsent(aRight), b, orAbsent(bRight));
    }

    /**
     * Attention of every position over a few values of its own.
     *
     * @param query [batch, length, width]
     * @param keys [batch, length, n, width]
     * @param values [batch, length, n, width]
     * @param dropout the probability of a zero among the scores
     * @param seed decides which
     * @return [batch, length, width]
     */
    public Tensor mix(Tensor query, Tensor keys, Tensor values, double dropout, long seed) {
        return call(
                "mix",
                query.dtype(),
                query,
                keys,
                values,
                door.number(dropout),
                seed(dropout, seed));
    }

    /** ‖x − I‖², 0-d. */
    public Tensor offIdentity(Tensor x) {
        return call("off_identity", x.dtype(), x);
    }

    /** Returns the operators of attention, whose results belong to this pass too. */
    public AttentionOps attention() {
        return attention;
    }

    // --- shapes and rows ---

    /** The rows of the first dimension that the INT64 index [n] names. */
    public Tensor rows(Tensor x, Tensor index) {
        return call("rows", x.dtype(), x, index);
    }

    /** Rows of [batch, length, width] counted through batch and length: [n, width]. */
    public Tensor flatRows(Tensor x, Tensor index) {
        return call("flat_rows", x.dtype(), x, index);
    }

    /**
     * Embeddings with those of some tokens replaced.
     *
     * @param x [batch, length, width]
     * @param ids INT64 [batch, length], what x embeds
     * @param tokens INT64 [n], in ascending order
     * @param values [n, width], the tokens' own embeddings; rounded to x's dtype
     * @return the shape and dtype of x
     */
    public Tensor replaceTokens(Tensor x, Tensor ids, Tensor tokens, Tensor values) {
        return call("replace_tokens", x.dtype(), x, ids, tokens, values);
    }

    /**
     * y with the features that index names replaced by z's, [batch, …, n], rounded to y's dtype.
     */
    public Tensor replaceFeatures(Tensor y, Tensor index, Tensor z) {
        return call("replace_features", y.dtype(), y, index, z);
    }

    /** y with d added to the rows that index names; d is rounded to y's dtype. */
    public Tensor addRows(Tensor y, Tensor index, Tensor d) {
        return call("add_rows", y.dtype(), y, index, d);
    }

    /** a and b one after the other along a dimension. */
    public Tensor concat(Tensor a, Tensor b, int dimension) {
        return call("concat", a.dtype(), a, b, door.number(dimension));
    }

    /** The elements in another shape; one size may be −1. */
    public Tensor reshape(Tensor x, long... shape) {
        return call("reshape", x.dtype(), x, sizes(shape));
    }

    /** The part start … start + length of a dimension, sharing memory. */
    public Tensor narrow(Tensor x, int dimension, long start, long length) {
        return call("narrow", x.dtype(), x, door.number(dimension), number(start), number(length));
    }

    /** The dimensions in another order, sharing memory. */
    public Tensor permute(Tensor x, long... order) {
        return call("permute", x.dtype(), x, sizes(order));
    }

    /** The last two dimensions exchanged. */
    public Tensor transpose(Tensor x) {
        return call("transpose", x.dtype(), x);
    }

    /** The elements in another dtype; autograd follows. */
    public Tensor cast(Tensor x, DType dtype) {
        return x.dtype() == dtype ? x : call("cast", dtype, x, code(dtype));
    }

    // --- losses and choices ---

    /**
     * The sum of −log softmax(logits)[label] over the rows, in float32; labels of −100 are ignored.
     *
     * @param logits [n, classes]
     * @param labels INT64 [n]
     * @return 0-d FLOAT32
     */
    public Tensor crossEntropy(Tensor logits, Tensor labels) {
        return call("cross_entropy", DType.FLOAT32, logits, labels);
    }

    /**
     * The sum of −weight · log softmax(logits)[label] over the rows, in float32.
     *
     * @param logits [n, classes]
     * @param labels INT64 [n], all ≥ 0
     * @param weights FLOAT32 [n]
     * @return 0-d FLOAT32
     */
    public Tensor weightedCrossEntropy(Tensor logits, Tensor labels, Tensor weights) {
        return call("weighted_cross_entropy", DType.FLOAT32, logits, labels, weights);
    }

    /**
     * The sum of (x − y)² in float32.
     *
     * @param y FLOAT32, of x's shape
     * @return 0-d FLOAT32
     */
    public Tensor squaredError(Tensor x, Tensor y) {
        return call("squared_error", DType.FLOAT32, x, y);
    }

    /**
     * The sum of the binary cross entropies of logits, each a decision of its own, in float32.
     *
     * @param targets FLOAT32 from 0 to 1, of the logits' shape
     * @return 0-d FLOAT32
     */
    public Tensor binaryCrossEntropy(Tensor logits, Tensor targets) {
        return call("binary_cross_entropy", DType.FLOAT32, logits, targets);
    }

    /** cap · tanh(x / cap), which keeps logits between −cap and cap. */
    public Tensor softCap(Tensor x, double cap) {
        return call("soft_cap", x.dtype(), x, door.number(cap));
    }

    /**
     * The summed cross entropy of hidden states under a frozen head and, times scale, its gradient
     * for them; the logits exist for a slice of rows at a time.
     *
     * @param hidden [n, width]
     * @param w the head's weight, [classes, width]
     * @param b [classes] or null
     * @param labels INT64 [n], all ≥ 0
     * @param scale the factor of the gradient, such as 1 / n
     * @param rows rows in a slice
     * @param cap logits are cap · tanh(logits / cap); 0 for none
     */
    public LossAndGradient linearCrossEntropy(
            Tensor hidden,
            Tensor w,
            @Nullable Tensor b,
            Tensor labels,
            double scale,
            long rows,
            double cap) {
        requireUsable();
        JniUtils.setGradMode(false);
        try {
            NDList pair =
                    invoke(
                            "linear_cross_entropy",
                            hidden,
                            w,
                            orAbsent(b),
                            labels,
                            adopt(door.variable(scale)),
                            number(rows),
                            door.number(cap));
            return new LossAndGradient(
                    adopt((PtNDArray) pair.get(0), DType.FLOAT64),
                    adopt((PtNDArray) pair.get(1), hidden.dtype()));
        } finally {
            JniUtils.setGradMode(mode == Mode.TRAINING);
        }
    }

    /** The index of the largest element of the last dimension, INT64. */
    public Tensor argmax(Tensor x) {
        return call("argmax", DType.INT64, x);
    }

    /** The log-softmax over the last dimension, in FLOAT32. */
    public Tensor logSoftmax(Tensor x) {
        return call("log_softmax", DType.FLOAT32, x);
    }

    /**
     * The largest element of the last dimension in one crossing.
     *
     * @param x [rows, n]
     */
    public MostProbable mostProbable(Tensor x) {
        NDList pair = invoke("most_probable", x);
        return new MostProbable(
                adopt((PtNDArray) pair.get(0), DType.INT64),
                adopt((PtNDArray) pair.get(1), DType.FLOAT32));
    }

    /** Where the largest elements are (INT64 [rows]) and their log-softmax (FLOAT32 [rows]). */
    public record MostProbable(Tensor index, Tensor logProbability) {}

    /**
     * One direction of an LSTM, its four gates (input, forget, cell, output) on top of each other.
     *
     * @param fromInput [4 · hidden, in]
     * @param fromHidden [4 · hidden, hidden]
     * @param inputBias [4 · hidden]
     * @param hiddenBias [4 · hidden]
     */
    public record LstmWeights(
            Tensor fromInput, Tensor fromHidden, Tensor inputBias, Tensor hiddenBias) {}

    /** A summed loss (0-d FLOAT64) and the scaled gradient for the hidden states, [n, width]. */
    public record LossAndGradient(Tensor loss, Tensor gradient) {}

    // --- the crossing ---

    Tensor call(String method, DType dtype, Tensor... inputs) {
        return adopt((PtNDArray) invoke(method, inputs).get(0), dtype);
    }

    NDList invoke(String method, Tensor... inputs) {
        requireUsable();
        return mode == Mode.TRAINING ? door.run(method, inputs) : door.runInference(method, inputs);
    }

    Tensor adopt(PtNDArray array, DType dtype) {
        return adopt(new Tensor(door, array, dtype));
    }

    private Tensor adopt(Tensor tensor) {
        scope.add(tensor);
        return tensor;
    }

    Tensor orAbsent(@Nullable Tensor tensor) {
        return tensor == null ? door.absent() : tensor;
    }

    Tensor number(long value) {
        requireUsable();
        return adopt(door.variable(value));
    }

    Tensor seed(double p, long seed) {
        return p > 0 ? number(seed) : door.number(0);
    }

    /** On the CPU, where reading them one by one does not wait for a device. */
    private Tensor sizes(long... shape) {
        return adopt(door.createOnCpu(LongBuffer.wrap(shape), DType.INT64, shape.length));
    }

    Tensor code(DType dtype) {
        return door.number(dtype.code());
    }

    /** Closes what is left of this pass and restores the thread's gradient mode. */
    @Override
    public void close() {
        requireThread();
        if (closed) {
            return;
        }
        while (scope != root) {
            scope.close();
        }
        root.close();
        closed = true;
        JniUtils.setGradMode(gradModeBefore);
        door.lifetime().leave();
    }
}
