package org.peft4j.core.ops;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtEngine;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.Buffer;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.peft4j.core.Lifetime;
import org.peft4j.core.PeftException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way to libtorch's own operators: loads {@code operators.py}, with the products of the device,
 * as a TorchScript module and calls its methods.
 *
 * <p>One door serves one device and any number of threads; each thread opens its own {@link Ops}.
 * The door owns every tensor made through it: closing it closes them all, as soon as no thread is
 * in libtorch (see {@link Lifetime}).
 */
public final class OperatorDoor implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OperatorDoor.class);

    private static final String OPERATORS = "operators.py";
    private static final String LINEAR_MAP = "linear_map.py";
    private static final String LINEAR_MAP_ONEDNN = "linear_map_onednn.py";

    private final PtNDManager manager;
    private final PtNDManager cpu;
    private final PtSymbolBlock module;
    private final ConcurrentMap<String, NDArray> methods = new ConcurrentHashMap<>();
    private final ConcurrentMap<Double, Tensor> numbers = new ConcurrentHashMap<>();
    private final AtomicLong openTensors = new AtomicLong();
    private final AtomicLong tensorsMade = new AtomicLong();
    private final Tensor absent;
    private final Lifetime lifetime =
            new Lifetime(
                    "this base model", "Open it again, and put adapters around it.", this::free);
    private final WeightOps weights = new WeightOps(this);
    private final UpdateOps updates = new UpdateOps(this);

    private OperatorDoor(PtNDManager manager) {
        this.manager = manager;
        this.cpu = manager.newSubManager(Device.cpu());
        JniUtils.setGraphExecutorOptimize(false);
        this.module = load(manager);
        this.absent =
                new Tensor(this, manager.create(new Shape(0), DataType.FLOAT32), DType.FLOAT32);
    }

    private static PtSymbolBlock load(PtNDManager manager) {
        String operators = source(OPERATORS);
        String plain = operators + source(LINEAR_MAP);
        return manager.getDevice().isGpu()
                ? load(manager, plain)
                : loadFirst(manager, operators + source(LINEAR_MAP_ONEDNN), plain);
    }

    /** Loads a source or, where this libtorch lacks an operator that it names, another one. */
    static PtSymbolBlock loadFirst(PtNDManager manager, String wanted, String other) {
        try {
            return load(manager, wanted);
        } catch (EngineException e) {
            if (!String.valueOf(e.getMessage()).contains("Unknown builtin op")) {
                throw e;
            }
            LOG.debug("This libtorch has no oneDNN; its products are used as they are", e);
            return load(manager, other);
        }
    }

    private static PtSymbolBlock load(PtNDManager manager, String source) {
        byte[] archive = TorchScriptArchive.pack(source);
        try {
            return JniUtils.loadModule(manager, new ByteArrayInputStream(archive), false, false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Opens the door on a device.
     *
     * @param device {@code Device.cpu()} or {@code Device.gpu(n)}
     * @throws PeftException if DJL finds no PyTorch for this machine
     */
    public static OperatorDoor open(Device device) {
        try {
            NDManager manager = NDManager.newBaseManager(device, PtEngine.ENGINE_NAME);
            Threads.settle();
            return new OperatorDoor((PtNDManager) manager);
        } catch (EngineException | UnsatisfiedLinkError | IllegalArgumentException e) {
            throw new PeftException(
                    "PyTorch cannot be opened on "
                            + device
                            + ": "
                            + e.getMessage()
                            + ". Put ai.djl.pytorch:pytorch-jni and a native for this machine"
                            + " (ai.djl.pytorch:pytorch-native-cpu with the classifier of your"
                            + " platform) on the class path.",
                    e);
        }
    }

    private static String source(String name) {
        try (InputStream in = OperatorDoor.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new PeftException(
                        name + " is missing from peft-core's jar. Rebuild or download it again.");
            }
            return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the device that this door's tensors live on. */
    public Device device() {
        return manager.getDevice();
    }

    /**
     * Opens the forward operators for the calling thread.
     *
     * @param mode whether autograd may follow
     */
    public Ops ops(Mode mode) {
        return new Ops(this, mode);
    }

    /** Returns the operators on frozen and merged weights. */
    public WeightOps weights() {
        return weights;
    }

    /** Returns the operators of gradients and optimiser steps. */
    public UpdateOps updates() {
        return updates;
    }

    /**
     * Returns how many tensors made through this door are open, those that the door itself keeps
     * (numbers, weights) included. A step that leaks makes it grow.
     */
    public long openTensors() {
        return openTensors.get();
    }

    /**
     * Returns how many tensors were made through this door so far, closed ones included. What a
     * pass adds is how much it does beside its arithmetic.
     */
    public long tensorsMade() {
        return tensorsMade.get();
    }

    void opened() {
        openTensors.incrementAndGet();
        tensorsMade.incrementAndGet();
    }

    void closed() {
        openTensors.decrementAndGet();
    }

    Tensor absent() {
        return absent;
    }

    /** Returns what keeps the door open while it is in use, and says when it is closed. */
    public Lifetime lifetime() {
        return lifetime;
    }

    /** A number as the 0-d CPU tensor that the operators expect; cached, so for constants only. */
    Tensor number(double value) {
        Tensor known = numbers.get(value);
        return known == null ? numbers.computeIfAbsent(value, this::variable) : known;
    }

    /** A 0-d CPU tensor of a number that changes from call to call; the caller closes it. */
    Tensor variable(long value) {
        return made(DType.INT64, () -> cpu.create(value));
    }

    /** A 0-d CPU tensor of a number that changes from call to call; the caller closes it. */
    Tensor variable(double value) {
        return made(DType.FLOAT64, () -> cpu.create(value));
    }

    /** A tensor of Java's values on the door's device; the caller closes it. */
    Tensor create(Buffer values, DType dtype, long... shape) {
        return made(dtype, () -> manager.create(values, new Shape(shape), dtype.djl()), shape);
    }

    /** A tensor of Java's values on the CPU; the caller closes it. */
    Tensor createOnCpu(Buffer values, DType dtype, long... shape) {
        return made(dtype, () -> cpu.create(values, new Shape(shape), dtype.djl()), shape);
    }

    /** A tensor of zeros on the door's device, of a dtype that DJL has; the caller closes it. */
    Tensor zeros(DType dtype, long... shape) {
        return made(dtype, () -> manager.zeros(new Shape(shape), dtype.djl()), shape);
    }

    private Tensor made(DType dtype, Supplier<NDArray> maker, long... shape) {
        return work(
                () -> "a tensor " + dtype + new Shape(shape),
                () -> new Tensor(this, (PtNDArray) maker.get(), dtype));
    }

    /**
     * Works in libtorch: the one way to it. The door stays open meanwhile, and what libtorch cannot
     * do becomes an exception of ours.
     *
     * @param call says what is done, for messages
     */
    <T> T work(Supplier<String> call, Supplier<T> body) {
        lifetime.enter();
        try {
            return body.get();
        } catch (EngineException e) {
            throw NativeFailures.of(e, call);
        } catch (OutOfMemoryError e) {
            if (NativeFailures.isNative(e)) {
                throw NativeFailures.of(e, call);
            }
            throw e;
        } finally {
            lifetime.leave();
        }
    }

    PtNDManager manager() {
        return manager;
    }

    /**
     * Calls a method of the source with tensors; autograd follows where the thread's gradient mode
     * lets it.
     */
    NDList run(String method, Tensor... inputs) {
        return work(() -> NativeFailures.describe(method, inputs), () -> forward(method, inputs));
    }

    private NDList forward(String method, Tensor... inputs) {
        NDList list = new NDList(inputs.length + 1);
        list.add(methodName(method)); // first: results attach to the first array's manager
        for (Tensor input : inputs) {
            list.add(input.handle());
        }
        return IValueUtils.forward(module, list, true);
    }

    /** Calls a method in libtorch's inference mode. */
    NDList runInference(String method, Tensor... inputs) {
        return work(() -> NativeFailures.describe(method, inputs), () -> inference(method, inputs));
    }

    private NDList inference(String method, Tensor... inputs) {
        IValue[] values = new IValue[inputs.length];
        try {
            for (int i = 0; i < inputs.length; i++) {
                values[i] = IValue.from(inputs[i].handle());
            }
            try (IValue result = IValueUtils.runMethod(module, method, values)) {
                return result.toNDList(manager);
            }
        } finally {
            close(values);
        }
    }

    /**
     * Calls a method in inference mode with any values, which are closed. The door must be kept
     * open by {@link #work} until the caller has closed the result.
     */
    IValue runValues(String method, IValue... values) {
        try {
            return IValueUtils.runMethod(module, method, values);
        } finally {
            close(values);
        }
    }

    static IValue list(List<Tensor> tensors) {
        return IValue.listFrom(tensors.stream().map(Tensor::handle).toArray(PtNDArray[]::new));
    }

    private static void close(IValue[] values) {
        for (IValue value : values) {
            if (value != null) {
                value.close();
            }
        }
    }

    private NDArray methodName(String method) {
        return methods.computeIfAbsent(
                method,
                name -> {
                    NDArray array = manager.create(0);
                    array.setName("module_method:" + name);
                    return array;
                });
    }

    /**
     * Closes every tensor of this door, once no thread works with them; using one afterwards is an
     * error. Waits for those that do, unless this thread is one of them.
     */
    @Override
    public void close() {
        lifetime.close();
    }

    private void free() {
        module.close();
        manager.close();
    }
}
