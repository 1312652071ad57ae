package org.peft4j.core;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.ops.DType;
import org.peft4j.core.ops.Mode;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.ops.UpdateOps;
import org.peft4j.core.points.InjectionPoint;
import org.peft4j.core.points.Placement;

/**
 * A frozen base and its adapters by name.
 *
 * <p>Safe for many threads: adding, deleting and merging replace the state as a whole, and a
 * running pass goes on with what it started with. No pass waits for a lock. Training one adapter
 * from two threads at once is the one thing to avoid. Once the model or its base is closed, every
 * method says so with a {@link PeftException}.
 */
public final class PeftModel implements AutoCloseable {

    private final BaseModel base;
    private final AtomicReference<State> state = new AtomicReference<>(State.EMPTY);

    /** What a pass sees: adapters by name, and merged weights with the names merged into them. */
    private record State(
            Map<String, Adapter> adapters,
            WeightOverlay overlay,
            List<String> merged,
            Lease overlayLease) {
        static final State EMPTY =
                new State(Map.of(), WeightOverlay.NONE, List.of(), new Lease(() -> {}));

        /** The last state of a model; its lease makes it unlike any other. */
        static final State CLOSED =
                new State(Map.of(), WeightOverlay.NONE, List.of(), new Lease(() -> {}));

        boolean isClosed() {
            return overlayLease == CLOSED.overlayLease;
        }

        State with(Map<String, Adapter> next) {
            return new State(Map.copyOf(next), overlay, merged, overlayLease);
        }

        /** Frees merged weights with the last pass that uses them. */
        void freeOverlay() {
            if (overlayLease != EMPTY.overlayLease) {
                overlayLease.release();
            }
        }
    }

    private PeftModel(BaseModel base) {
        this.base = base;
    }

    private State now() {
        return requireOpen(Objects.requireNonNull(state.get()));
    }

    @SuppressWarnings("ReferenceEquality") // an open model without adapters has equal parts
    private static State requireOpen(State now) {
        if (now.isClosed()) {
            throw new PeftException(
                    "this model is closed, and its adapters are freed. Put a new one around the"
                            + " base by PeftModel.of.");
        }
        return now;
    }

    /** Does work that the base stays open for: it is done as a whole, or refused. */
    private <T> T working(Supplier<T> work) {
        return base.door().lifetime().during(work);
    }

    private void working(Runnable work) {
        working(
                () -> {
                    work.run();
                    return this;
                });
    }

    /**
     * Puts adapters around a base. Several models may share one base.
     *
     * @param base stays open when this model is closed, and must outlive it
     */
    public static PeftModel of(BaseModel base) {
        return new PeftModel(base);
    }

    /** Returns the frozen base. */
    public BaseModel base() {
        return base;
    }

    // --- adapters ---

    /**
     * Adds a fresh, trainable adapter.
     *
     * @param name a new adapter name
     * @param config its settings
     * @param seed decides its initial values
     * @throws PeftException if the name is taken, no method has the config's type, or the config
     *     does not fit the base
     */
    public Adapter add(String name, PeftConfig config, long seed) {
        return addFresh(name, config.withModulesToSave(withHead(config.modulesToSave())), seed);
    }

    /**
     * Adds a fresh, trainable adapter that leaves the task's head to another one, with which it
     * will be selected. Alone, it answers a task with the base's own head.
     *
     * @param name a new adapter name
     * @param config its settings
     * @param seed decides its initial values
     * @throws PeftException as {@link #add(String, PeftConfig, long)}
     */
    public Adapter addHeadless(String name, PeftConfig config, long seed) {
        return addFresh(name, config, seed);
    }

    private Adapter addFresh(String name, PeftConfig config, long seed) {
        requireFree(name);
        PeftMethod method = PeftMethods.of(config.peftType());
        PeftConfig named =
                config.baseModelNameOrPath() == null
                        ? config.withBaseModel(base.info().nameOrPath())
                        : config;
        return working(
                () ->
                        registerTrainable(
                                build(name, method, method.resolve(named, base), null, seed)));
    }

    /** Adds a fresh, trainable adapter with the seed 0. */
    public Adapter add(String name, PeftConfig config) {
        return add(name, config, 0);
    }

    /**
     * Loads an adapter for inference that this library or Python's {@code peft} saved, or another
     * library whose {@link AdapterFormat} is on the class path. It is not trainable until {@link
     * Adapter#setTrainable} says so; to go on training, {@link #loadTrainable} is the better way.
     *
     * @param name a new adapter name
     * @param directory holds {@code adapter_config.json} and {@code adapter_model.safetensors}
     * @throws PeftException if the name is taken, a file is bad, or the adapter does not fit this
     *     base; the model is unchanged then
     */
    public Adapter load(String name, Path directory) {
        requireFree(name);
        return working(() -> register(AdapterFiles.load(this, name, directory, false)));
    }

    /**
     * Loads an adapter to go on training it, peft's {@code is_trainable=True}. Where its method
     * trains an encoder that inference does without, this one is loaded too.
     *
     * @param name a new adapter name
     * @param directory as in {@link #load}; also holds {@code prompt_encoder.safetensors} where the
     *     method trains an encoder
     * @throws PeftException as {@link #load}, or if the encoder is needed and missing, or does not
     *     belong to the adapter beside it; the model is unchanged then
     */
    public Adapter loadTrainable(String name, Path directory) {
        requireFree(name);
        return working(() -> registerTrainable(AdapterFiles.load(this, name, directory, true)));
    }

    /**
     * Loads an adapter for inference from a directory in a given format, as where several adapters
     * share one directory.
     *
     * @param name a new adapter name
     * @param directory in that format
     * @param format reads it
     * @throws PeftException as {@link #load(String, Path)}
     */
    public Adapter load(String name, Path directory, AdapterFormat format) {
        requireFree(name);
        return working(() -> register(AdapterFiles.load(this, name, directory, format, false)));
    }

    /** The same to go on training it. */
    public Adapter loadTrainable(String name, Path directory, AdapterFormat format) {
        requireFree(name);
        return working(
                () -> registerTrainable(AdapterFiles.load(this, name, directory, format, true)));
    }

    private Adapter registerTrainable(Adapter adapter) {
        adapter.setTrainable(true);
        return register(adapter);
    }

    /**
     * Saves an adapter as {@code peft} would, and its encoder, if it has one, in {@code
     * prompt_encoder.safetensors}. What was there before is replaced as a whole or not at all.
     *
     * @param name the adapter
     * @param directory created if needed
     */
    public void save(String name, Path directory) {
        try (Held held = hold(List.of(name))) {
            working(
                    () ->
                            held.adapters()
                                    .forEach(adapter -> AdapterFiles.save(adapter, directory)));
        }
    }

    /**
     * Saves an adapter in another library's format.
     *
     * @param name the adapter
     * @param directory created if needed
     * @param format says which files are written
     * @throws PeftException if the format has no words for the adapter
     */
    public void save(String name, Path directory, AdapterFormat format) {
        try (Held held = hold(List.of(name))) {
            for (Adapter adapter : held.adapters()) {
                working(
                        () -> {
                            AdapterFiles.requireFinite(adapter);
                            format.write(directory, base, adapter);
                        });
            }
        }
    }

    /**
     * Saves adapters that act together as one in another library's format.
     *
     * @param name of all together
     * @param parts their names, the one nearest to the base first
     * @param directory created if needed
     * @param format says which files are written
     * @throws PeftException if the format has no words for them
     */
    public void saveUnion(String name, List<String> parts, Path directory, AdapterFormat format) {
        try (Held held = hold(parts)) {
            working(
                    () -> {
                        held.adapters().forEach(AdapterFiles::requireFinite);
                        format.writeUnion(directory, base, name, held.adapters());
                    });
        }
    }

    /**
     * Deletes an adapter. Passes that use it finish with it.
     *
     * @throws PeftException if there is none of that name, or it is merged
     */
    public void delete(String name) {
        Adapter adapter = adapter(name);
        update(
                now -> {
                    if (now.merged().contains(name)) {
                        throw new PeftException(
                                "adapter " + name + " is merged. Unmerge before deleting it.");
                    }
                    Map<String, Adapter> next = new HashMap<>(now.adapters());
                    if (!next.remove(name, adapter)) {
                        throw unknown(name, now);
                    }
                    return now.with(next);
                });
        adapter.lease().release();
    }

    /**
     * Returns an adapter.
     *
     * @throws PeftException if there is none of that name
     */
    public Adapter adapter(String name) {
        State now = now();
        Adapter adapter = now.adapters().get(name);
        if (adapter == null) {
            throw unknown(name, now);
        }
        return adapter;
    }

    /** Returns the names of all adapters. */
    public Set<String> adapterNames() {
        return new TreeSet<>(now().adapters().keySet());
    }

    /** Counts trainable and all parameters. */
    public TrainableReport trainableParameters() {
        long trainable = 0;
        long all = base.info().parameters();
        for (Adapter adapter : now().adapters().values()) {
            trainable += adapter.isTrainable() ? adapter.parameterCount() : 0;
            all += adapter.addedParameterCount();
        }
        return new TrainableReport(trainable, all);
    }

    /** The modules to save, and those of the task's head. */
    private List<String> withHead(List<String> modules) {
        Set<String> all = new LinkedHashSet<>(modules);
        all.addAll(base.headModules());
        return List.copyOf(all);
    }

    Adapter build(
            String name,
            PeftMethod method,
            PeftConfig config,
            @Nullable StoredAdapter stored,
            long seed) {
        Held members = hold(config.composes());
        AdapterBuilder builder =
                new AdapterBuilder(base, stored, seed, members.adapters(), members::close);
        try {
            method.build(config, builder);
            ModulesToSave modules = new ModulesToSave(builder, base);
            modules.place(config.modulesToSave(), config.ensureWeightTying());
            modules.placeStoredHead(stored);
            if (stored != null) {
                new FrozenCopies(base, stored.weights()).place(builder);
            }
            FrozenCopies.keepResized(base, builder);
            return builder.build(name, config);
        } catch (RuntimeException e) {
            builder.discard();
            members.close();
            throw e;
        }
    }

    private Adapter register(Adapter adapter) {
        try {
            update(
                    now -> {
                        if (now.adapters().containsKey(adapter.name())) {
                            throw taken(adapter.name());
                        }
                        Map<String, Adapter> next = new HashMap<>(now.adapters());
                        next.put(adapter.name(), adapter);
                        return now.with(next);
                    });
        } catch (RuntimeException e) {
            adapter.lease().release();
            throw e;
        }
        return adapter;
    }

    private void requireFree(String name) {
        if (name.isBlank() || name.contains("/") || name.contains("\\") || name.startsWith(".")) {
            throw new PeftException(
                    "an adapter name must not be blank, start with a dot or contain slashes, but is"
                            + " \""
                            + name
                            + "\".");
        }
        if (now().adapters().containsKey(name)) {
            throw taken(name);
        }
    }

    private static PeftException taken(String name) {
        return new PeftException(
                "there is an adapter named " + name + " already. Delete it, or choose a new name.");
    }

    private static PeftException unknown(String name, State now) {
        return new PeftException(
                "there is no adapter named "
                        + name
                        + ". "
                        + NearNames.hint(name, now.adapters().keySet()));
    }

    // --- passes ---

    /**
     * Opens forward passes on this thread; close it.
     *
     * @param selection which adapters act
     * @param mode training or inference
     * @param seed decides dropout
     * @throws PeftException if a selected adapter does not exist or is merged
     */
    public ForwardContext open(AdapterSelection selection, Mode mode, long seed) {
        while (true) {
            State now = now();
            Map<String, Adapter> chosen = new LinkedHashMap<>();
            for (String name : selection.names()) {
                Adapter adapter = now.adapters().get(name);
                if (adapter == null) {
                    throw unknown(name, now);
                }
                if (now.merged().contains(name)) {
                    throw new PeftException(
                            "adapter "
                                    + name
                                    + " is merged into the weights, so selecting it would apply it"
                                    + " twice. Select none, or unmerge.");
                }
                chosen.put(name, adapter);
            }
            List<Lease> leases = new ArrayList<>();
            leases.add(now.overlayLease());
            chosen.values().forEach(adapter -> leases.add(adapter.lease()));
            // fails if something was freed since the state was read: then there is a newer state
            if (Lease.tryAcquireAll(leases)) {
                return ForwardContext.open(
                        base.door(), mode, now.overlay(), selection, chosen, leases, seed);
            }
        }
    }

    /**
     * Opens passes for inference without adapters, in which placements see what flows through the
     * base, such as keys and values; close it.
     *
     * @param watchers what looks on, and where
     */
    public ForwardContext watch(Map<? extends InjectionPoint, ? extends Placement> watchers) {
        while (true) {
            State now = now();
            if (now.overlayLease().tryAcquire()) {
                return ForwardContext.watching(
                        base.door(), now.overlay(), now.overlayLease(), watchers);
            }
        }
    }

    /** Adapters, merged or not, that nobody can free until this is closed, which is done once. */
    public static final class Held implements AutoCloseable {
        private final List<Adapter> adapters;
        private final List<Lease> leases;

        private Held(List<Adapter> adapters, List<Lease> leases) {
            this.adapters = adapters;
            this.leases = leases;
        }

        /** Returns the adapters, in the order of their names when they were asked for. */
        public List<Adapter> adapters() {
            return adapters;
        }

        @Override
        public void close() {
            leases.forEach(Lease::release);
        }
    }

    /**
     * Keeps adapters alive, as a training does with those that it changes: one that is deleted
     * meanwhile can be found by name no more, and is freed when the hold is closed.
     *
     * @param names the adapters
     * @throws PeftException if there is none of a name
     */
    public Held hold(List<String> names) {
        while (true) {
            List<Adapter> adapters = names.stream().map(this::adapter).toList();
            List<Lease> leases = adapters.stream().map(Adapter::lease).toList();
            if (Lease.tryAcquireAll(leases)) {
                return new Held(adapters, leases);
            }
        }
    }

    /** Opens passes for inference on this thread; close it. */
    public ForwardContext open(AdapterSelection selection) {
        return open(selection, Mode.INFERENCE, 0);
    }

    /**
     * Computes logits. Those of virtual tokens, which adapters put before the batch's own, are left
     * out.
     *
     * @param selection which adapters act
     * @param batch the tokens
     * @return FLOAT32, of the shape that {@link BaseModel#logits} says; the caller closes it
     */
    public Tensor logits(AdapterSelection selection, TokenBatch batch) {
        requireRows(selection, batch);
        try (ForwardContext context = open(selection)) {
            Ops ops = context.ops();
            Tensor hidden = ownTokens(ops, base.hiddenStates(context, batch, null), batch);
            Tensor logits = base.logits(context, hidden, batch);
            return ops.release(ops.cast(logits, DType.FLOAT32));
        }
    }

    /** Heads of other tasks look at virtual tokens, or leave them out themselves. */
    private Tensor ownTokens(Ops ops, Tensor hidden, TokenBatch batch) {
        boolean leftOut =
                switch (base.info().task()) {
                    case CAUSAL_LM, SEQ_2_SEQ_LM, FEATURE_EXTRACTION -> true;
                    case SEQ_CLS, TOKEN_CLS, QUESTION_ANS -> false;
                };
        long virtual = hidden.size(1) - batch.length();
        return leftOut && virtual > 0 ? ops.narrow(hidden, 1, virtual, batch.length()) : hidden;
    }

    /**
     * Computes the task's loss without training.
     *
     * @param selection which adapters act
     * @param batch the tokens, with labels
     */
    public StepLoss loss(AdapterSelection selection, TokenBatch batch) {
        requireRows(selection, batch);
        try (ForwardContext context = open(selection)) {
            TaskLoss loss = new BatchLoss(base, context, batch).loss(1);
            return new StepLoss(loss.sum(), loss.count());
        }
    }

    /**
     * Returns how many terms the loss of a batch sums over with some adapters.
     *
     * @param selection which adapters act
     * @param batch the tokens, with labels
     */
    public long lossCount(AdapterSelection selection, TokenBatch batch) {
        requireRows(selection, batch);
        try (ForwardContext context = open(selection)) {
            return new BatchLoss(base, context, batch).count();
        }
    }

    /**
     * Runs forward and backward, and adds the gradients to the trainable parameters of the selected
     * adapters. Nothing else is ever trained.
     *
     * @param selection which adapters act
     * @param batch the tokens, with labels
     * @param scale the factor of the summed loss, such as 1 / labels in the whole step
     * @param seed decides dropout
     * @throws PeftException if no selected adapter is trainable
     * @throws NonFiniteException if the loss is NaN or infinite; no gradient was added then
     */
    public StepLoss accumulateGradients(
            AdapterSelection selection, TokenBatch batch, double scale, long seed) {
        requireRows(selection, batch);
        try (ForwardContext context = open(selection, Mode.TRAINING, seed)) {
            List<Adapter> training =
                    context.adapters().stream().filter(Adapter::isTrainable).toList();
            if (training.isEmpty()) {
                throw new PeftException(
                        "nothing to train: the selection is "
                                + selection
                                + " and none of its adapters is trainable. Select one, and call"
                                + " setTrainable(true) on an adapter that was loaded.");
            }
            TaskLoss loss = new BatchLoss(base, context, batch).loss(scale);
            Tensor output = loss.output();
            if (output != null) {
                requireFinite(loss, training);
                backward(List.of(output), loss.outputGradient(), training);
            }
            return new StepLoss(loss.sum(), loss.count());
        }
    }

    /**
     * Adds the gradients of the adapters' own loss terms, such as AdaLoRA's orthogonality.
     *
     * @param selection the adapters being trained
     * @param scale the factor of the terms
     */
    public void accumulatePenalties(AdapterSelection selection, double scale) {
        try (ForwardContext context = open(selection, Mode.TRAINING, 0)) {
            for (Adapter adapter : context.adapters()) {
                if (!adapter.isTrainable()) {
                    continue;
                }
                Ops ops = context.ops();
                Tensor penalty = adapter.hook().penalty(ops);
                if (penalty != null) {
                    backward(List.of(ops.scale(penalty, scale)), null, List.of(adapter));
                }
            }
        }
    }

    private void backward(
            List<Tensor> outputs, @Nullable Tensor outputGradient, List<Adapter> training) {
        List<Parameter> parameters =
                training.stream().flatMap(adapter -> adapter.parameters().stream()).toList();
        UpdateOps ops = base.door().updates();
        List<@Nullable Tensor> outputGradients = new ArrayList<>();
        outputGradients.add(outputGradient);
        List<@Nullable Tensor> gradients =
                ops.gradients(
                        outputs,
                        outputGradients,
                        parameters.stream().map(Parameter::value).toList());
        List<Tensor> sums = new ArrayList<>();
        List<Tensor> terms = new ArrayList<>();
        for (int i = 0; i < parameters.size(); i++) {
            Tensor gradient = gradients.get(i);
            Tensor sum = parameters.get(i).gradient();
            if (gradient == null) {
                continue;
            }
            if (sum == null) {
                parameters.get(i).setGradient(gradient);
            } else {
                sums.add(sum);
                terms.add(gradient);
            }
        }
        ops.addEach(sums, terms);
        terms.forEach(Tensor::close);
    }

    private static void requireFinite(TaskLoss loss, List<Adapter> training) {
        if (!Double.isFinite(loss.sum())) {
            throw new NonFiniteException(
                    "the loss is "
                            + loss.sum()
                            + " while training "
                            + training
                            + "; no parameter was changed by this batch. Lower the learning rate,"
                            + " clip gradients, or look for damaged rows in the data.");
        }
    }

    private static void requireRows(AdapterSelection selection, TokenBatch batch) {
        if (selection.isPerRow() && selection.rows().size() != batch.rows()) {
            throw new PeftException(
                    "the selection has adapters for "
                            + selection.rows().size()
                            + " rows, but the batch has "
                            + batch.rows()
                            + ".");
        }
    }

    // --- merging ---

    /**
     * Merges adapters into the weights that this model computes with. The frozen base is not
     * touched: the merged weights lie beside it until {@link #unmerge}, which restores the base bit
     * for bit. Passes that run meanwhile finish with the old weights.
     *
     * @param names the adapters, the one nearest to the base first
     * @return what changed, and how far rounding moved it
     * @throws NonFiniteException if a merged weight would be NaN or infinite; nothing is merged
     *     then
     * @throws PeftException if something is merged already, or an adapter cannot be merged
     */
    public MergeReport merge(String... names) {
        if (names.length == 0) {
            throw new PeftException("name at least one adapter to merge.");
        }
        List<String> wanted = AdapterSelection.of(names).stack();
        requireUnmerged(now());
        try (Held held = hold(wanted)) {
            Merge.Result result = working(() -> Merge.of(base, held.adapters()));
            WeightOverlay overlay = result.overlay();
            try {
                update(
                        now -> {
                            requireUnmerged(now);
                            requirePresent(now, held.adapters());
                            return new State(
                                    now.adapters(), overlay, wanted, new Lease(overlay::close));
                        });
            } catch (RuntimeException e) {
                overlay.close();
                throw e;
            }
            return new MergeReport(wanted, result.points());
        }
    }

    /** A merged adapter that was deleted meanwhile could be merged again under the same name. */
    private static void requirePresent(State now, List<Adapter> adapters) {
        for (Adapter adapter : adapters) {
            if (!adapter.equals(now.adapters().get(adapter.name()))) {
                throw new PeftException(
                        adapter + " was deleted while it was being merged; nothing was merged.");
            }
        }
    }

    /** Returns the names of the merged adapters; empty if none is. */
    public List<String> merged() {
        return now().merged();
    }

    /** Takes merged weights away; does nothing if there are none. */
    public void unmerge() {
        update(now -> State.EMPTY.with(now.adapters())).freeOverlay();
    }

    /**
     * Writes the base with adapters merged in as a checkpoint directory that {@code transformers}
     * opens. This model is not changed.
     *
     * @param directory created if needed
     * @param names the adapters to merge; with none, what {@link #merge} merged before
     * @return what changed
     * @throws PeftException if names are given while something is merged, or an adapter cannot be
     *     merged
     */
    public MergeReport writeMerged(Path directory, String... names) {
        return working(() -> writeAll(directory, names));
    }

    private MergeReport writeAll(Path directory, String... names) {
        if (names.length == 0) {
            try (ForwardContext hold = open(AdapterSelection.none())) {
                base.write(directory, hold.overlay());
            }
            return new MergeReport(merged(), List.of());
        }
        requireUnmerged(now());
        List<String> wanted = AdapterSelection.of(names).stack();
        Merge.Result result;
        try (Held held = hold(wanted)) {
            result = Merge.of(base, held.adapters());
        }
        try {
            base.write(directory, result.overlay());
        } finally {
            result.overlay().close();
        }
        return new MergeReport(wanted, result.points());
    }

    private static void requireUnmerged(State now) {
        if (!now.merged().isEmpty()) {
            throw new PeftException(
                    now.merged() + " is merged already. Unmerge first, then merge all at once.");
        }
    }

    private State update(UnaryOperator<State> change) {
        return Objects.requireNonNull(state.getAndUpdate(now -> change.apply(requireOpen(now))));
    }

    /**
     * Deletes every adapter and the merged weights, each with the last pass that uses it; the base
     * stays open. What is called later is refused; closing twice is harmless.
     */
    @Override
    public void close() {
        State before = Objects.requireNonNull(state.getAndSet(State.CLOSED));
        if (before.isClosed()) {
            return;
        }
        before.freeOverlay();
        before.adapters().values().forEach(adapter -> adapter.lease().release());
    }
}
