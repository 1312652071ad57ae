package org.peft4j.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.ops.DType;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.ops.UpdateOps;
import org.peft4j.core.ops.WeightOps;
import org.peft4j.core.points.AttentionPlacement;
import org.peft4j.core.points.AttentionPoint;
import org.peft4j.core.points.EmbeddingPlacement;
import org.peft4j.core.points.EmbeddingPoint;
import org.peft4j.core.points.InjectionPoint;
import org.peft4j.core.points.InputPlacement;
import org.peft4j.core.points.InputPoint;
import org.peft4j.core.points.LinearPlacement;
import org.peft4j.core.points.LinearPoint;
import org.peft4j.core.points.NormPlacement;
import org.peft4j.core.points.NormPoint;
import org.peft4j.core.points.Placement;
import org.peft4j.core.points.SublayerPlacement;
import org.peft4j.core.points.SublayerPoint;
import org.peft4j.core.targets.TargetModule;
import org.peft4j.core.targets.TargetReport;
import org.peft4j.core.targets.Targets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a new adapter's parameters and placements from its method. Fresh parameters are
 * initialised; those of an adapter that is being loaded get their values from the file afterwards.
 */
public final class AdapterBuilder {

    private static final Logger LOG = LoggerFactory.getLogger(AdapterBuilder.class);

    /** What the keys of parameters that belong to a module of the base start with. */
    public static final String KEY_PREFIX = "base_model.model.";

    /** So many may be missing before the list of them is no help any more. */
    private static final int MOST_ABSENT = 10_000;

    private final BaseModel base;
    private final @Nullable StoredAdapter stored;
    private final SplittableRandom random;
    private final List<Adapter> members;
    private final Runnable releaseMembers;
    private final Map<String, Parameter> parameters = new LinkedHashMap<>();
    private final List<Tensor> frozen = new ArrayList<>();
    private final List<SavedTable> savedTables = new ArrayList<>();
    private final Map<InjectionPoint, Placement> placements = new LinkedHashMap<>();
    private final Map<String, String> aliases = new LinkedHashMap<>();
    private final Set<String> standIns = new LinkedHashSet<>();
    private final List<EncodedTensor> encoded = new ArrayList<>();
    private String modulePrefix = KEY_PREFIX;
    private TrainingHook hook = new TrainingHook() {};
    private @Nullable Object report;
    private int absent;

    /**
     * Starts an adapter.
     *
     * @param base what it is for
     * @param stored the files that its values will come from, or null if it is new
     * @param seed decides its values if it is new
     * @param members the adapters it is made of
     * @param releaseMembers lets go of them, when the adapter is freed
     */
    AdapterBuilder(
            BaseModel base,
            @Nullable StoredAdapter stored,
            long seed,
            List<Adapter> members,
            Runnable releaseMembers) {
        this.base = base;
        this.members = List.copyOf(members);
        this.releaseMembers = releaseMembers;
        this.stored = stored;
        this.random = new SplittableRandom(seed);
    }

    /** Returns the base's injection points. */
    public InjectionPoints points() {
        return base.points();
    }

    /** Returns what is known of the base. */
    public ModelInfo info() {
        return base.info();
    }

    /**
     * Returns what another adapter placed at a point.
     *
     * @param name one of those that the config {@linkplain PeftConfig#composes composes}
     * @param point any point
     * @return the placement, or null if that adapter does not act there
     */
    public @Nullable Placement composed(String name, InjectionPoint point) {
        for (Adapter member : members) {
            if (member.name().equals(name)) {
                return member.at(point);
            }
        }
        throw new IllegalArgumentException(name + " is none of the composed adapters");
    }

    /** Returns operators on weights, for initialisations that look at the frozen ones. */
    public WeightOps ops() {
        return base.door().weights();
    }

    /** Returns operators that change parameters in place, for a {@link TrainingHook}. */
    public UpdateOps updates() {
        return base.door().updates();
    }

    /** Returns whether the adapter is new, so that initial values matter. */
    public boolean isFresh() {
        return stored == null;
    }

    /**
     * Picks the modules that a method acts on, and keeps the report of it for the user to read.
     * What a fresh adapter's config asks for in vain is an error; that of a stored one is a
     * warning.
     *
     * @param targets settled targets
     * @param supported the kinds of modules that the method can act on
     * @param modulesToSave modules that are trained as a whole, which are never targets
     */
    public TargetReport select(
            Targets targets, Set<TargetModule.Kind> supported, List<String> modulesToSave) {
        TargetReport selection =
                targets.select(TargetModule.of(selectable()), supported, modulesToSave);
        if (isFresh()) {
            selection.requireNoProblems();
        } else {
            selection.warnOfProblems();
        }
        report(selection);
        return selection;
    }

    /**
     * Resizing makes one module of the embeddings that an encoder and a decoder share, and peft
     * finds a module by the first of its names.
     */
    private InjectionPoints selectable() {
        if (base.publishedVocabularySize() == base.info().vocabularySize()) {
            return points();
        }
        VocabularyTables tables = VocabularyTables.of(base);
        return new InjectionPoints(
                points().all().stream().filter(point -> !tables.isFurtherName(point)).toList());
    }

    /**
     * Adds a trainable parameter.
     *
     * @param key its name in the adapter's file
     * @param initializer its values if the adapter is new
     * @param shape its shape
     * @return the FLOAT32 tensor, on the base's device
     */
    public Tensor parameter(String key, Initializer initializer, long... shape) {
        return parameter(stored == null ? null : stored.weights(), key, initializer, shape);
    }

    private Tensor parameter(
            @Nullable StoredTensors from, String key, Initializer initializer, long[] shape) {
        if (from != null) {
            return add(key, ops().zeros(agreed(from, key, shape)));
        }
        float[] values = new float[elements(key, shape)];
        initializer.fill(values, shape, random.split());
        return add(key, ops().floats(values, shape));
    }

    private static int elements(String key, long[] shape) {
        long elements = 1;
        for (long size : shape) {
            if (size > 0 && elements > Integer.MAX_VALUE / size) {
                throw new PeftException(
                        key
                                + " would have the shape "
                                + Arrays.toString(shape)
                                + ", more elements than a parameter can have. Choose a lower rank or"
                                + " size.");
            }
            elements *= size;
        }
        return (int) elements;
    }

    /**
     * Nothing is allocated for a tensor that the file does not hold: sizes in a config from outside
     * are not to be trusted. Those that are missing are reported together afterwards.
     */
    private long[] agreed(StoredTensors from, String key, long[] shape) {
        if (!from.names().contains(key)) {
            if (++absent > MOST_ABSENT) {
                throw new BadFileException(
                        from.path(),
                        "lacks more than "
                                + MOST_ABSENT
                                + " tensors that adapter_config.json implies, such as "
                                + key,
                        "Correct the sizes in adapter_config.json, or restore the files from where"
                                + " they came from");
            }
            return new long[0];
        }
        from.requireShape(key, shape);
        return shape;
    }

    /**
     * Adds a tensor that an encoder of trainable parameters computes. The adapter's file holds the
     * tensor, as Python's {@code peft} expects it, and {@code prompt_encoder.safetensors} beside it
     * the encoder, which nothing but further training needs: an adapter that is loaded for
     * inference has the tensor itself as its parameter.
     *
     * @param key the tensor's name in the adapter's file
     * @param encoder adds the encoder's parameters and says how they make the tensor; not asked
     *     where the adapter is loaded for inference
     * @param shape the tensor's shape
     * @return the FLOAT32 tensor, computed once in a pass
     */
    public Encoding encoded(
            String key, Function<EncoderParameters, Encoding> encoder, long... shape) {
        return encoded(key, encoder, StoredAdapter::requireEncoder, shape);
    }

    /**
     * Adds a tensor as {@link #encoded}, by an encoder that can be trained further without {@code
     * prompt_encoder.safetensors}: what Python's {@code peft} saved suffices.
     *
     * @param key the tensor's name in the adapter's file
     * @param encoder as of {@link #encoded}
     * @param shape the tensor's shape
     * @return the FLOAT32 tensor, computed once in a pass
     */
    public Encoding recoverable(
            String key, Function<EncoderParameters, RecoverableEncoding> encoder, long... shape) {
        return encoded(key, encoder, files -> files.encoder().orElse(null), shape);
    }

    private Encoding encoded(
            String key,
            Function<EncoderParameters, ? extends Encoding> encoder,
            Function<StoredAdapter, @Nullable StoredTensors> encoderFile,
            long[] shape) {
        List<Long> dimensions = Arrays.stream(shape).boxed().toList();
        if (stored != null && !stored.isForTraining()) {
            Tensor flat = parameter(key, Initializer.constant(0), shape);
            encoded.add(new EncodedTensor(key, dimensions, null));
            return context -> flat;
        }
        @Nullable StoredTensors from = stored == null ? null : encoderFile.apply(stored);
        List<String> keys = new ArrayList<>();
        Encoding encoding =
                encoder.apply(
                        (name, initializer, sizes) -> {
                            keys.add(name);
                            return parameter(from, name, initializer, sizes);
                        });
        encoded.add(
                new EncodedTensor(
                        key, dimensions, new EncodedTensor.Encoder(List.copyOf(keys), encoding)));
        return context -> context.once(encoding, () -> encoding.in(context));
    }

    /**
     * Adds a trainable parameter with computed values.
     *
     * @param key its name in the adapter's file
     * @param value FLOAT32; belongs to the adapter from now on
     * @return the same tensor
     */
    public Tensor parameter(String key, Tensor value) {
        return add(key, value);
    }

    /**
     * Keeps a tensor with the adapter that is neither trained nor saved, as peft does one with
     * {@code requires_grad=False}; it counts among all parameters.
     *
     * @param value FLOAT32; belongs to the adapter from now on
     * @return the same tensor
     */
    public Tensor frozen(Tensor value) {
        frozen.add(value);
        return value;
    }

    /**
     * Trains copies of a module's own parameters in place of the frozen ones.
     *
     * @param point any point that nothing is placed at yet
     * @param parts which parameters, and their keys
     * @return whether the point has such parameters; nothing happens if not
     */
    public boolean train(InjectionPoint point, TrainedParts parts) {
        return new StandIns(this, parts).place(point);
    }

    /**
     * Trains copies of a linear's own parameters, as far as it has them, and places something on
     * top.
     *
     * @param point any linear that nothing is placed at yet
     * @param parts which parameters, and their keys
     * @param around acts on the linear with the copies
     */
    public void train(LinearPoint point, TrainedParts parts, LinearPlacement around) {
        new StandIns(this, parts).place(point, around);
    }

    /**
     * Trains a copy of an embedding's table, which stays one weight with the linears that the base
     * ties to it.
     *
     * @param point an embedding at which, as at those linears, nothing is placed yet
     * @param parts with the weight; the biases are those of the linears
     */
    public void trainTied(EmbeddingPoint point, TrainedParts parts) {
        new StandIns(this, parts).placeTied(point, tiedTo(point), false);
    }

    /**
     * Trains some rows of an embedding's table.
     *
     * @param point an embedding at which, as at those linears, nothing is placed yet
     * @param rows which rows, and how they start
     * @param followers the linears that use the same rows, of those that are tied to the table
     */
    public void train(EmbeddingPoint point, TokenRows rows, List<LinearPoint> followers) {
        warnOfOtherRows(point);
        new TokenStandIns(this, rows).place(point, followers);
    }

    /**
     * Warns where Python's peft would change other rows than this library: it looks up those of a
     * module's input, whatever the module makes of it.
     *
     * @param point an embedding of which single rows are changed
     */
    public void warnOfOtherRows(EmbeddingPoint point) {
        if (point.isShifted()) {
            LOG.warn(
                    "{} finds its rows by itself, and Python's peft changes others there: it computes"
                            + " other numbers with this adapter",
                    point.path());
        }
    }

    /** Warns where Python's peft acts at one name of a table, and the base uses another. */
    private void warnOfSharedTables() {
        for (EmbeddingPoint point : points().of(EmbeddingPoint.class)) {
            boolean apart =
                    isTaken(point)
                            && aliases.isEmpty()
                            && points().of(EmbeddingPoint.class).stream()
                                    .anyMatch(p -> p.table() == point.table() && !isTaken(p));
            if (apart) {
                LOG.warn(
                        "{} shares its table with other modules of this base. The adapter changes it"
                                + " for all of them; Python's peft changes that module alone, which"
                                + " may have no effect there",
                        point.path());
            }
        }
    }

    /**
     * Trains some rows of a linear's weight.
     *
     * @param point a linear to the vocabulary, at which nothing is placed yet
     * @param rows which rows, and how they start
     */
    public void train(LinearPoint point, TokenRows rows) {
        new TokenStandIns(this, rows).place(point);
    }

    /**
     * Saves a parameter under a second key as well.
     *
     * @param alias the second key
     * @param key the key of a parameter
     */
    public void alias(String alias, String key) {
        aliases.put(alias, key);
    }

    /** Returns whether the adapter is new, or its file holds a tensor. */
    boolean mayHold(String key) {
        return stored == null || stored.weights().names().contains(key);
    }

    /** Returns the linears whose weight is tied to an embedding. */
    public List<LinearPoint> tiedTo(EmbeddingPoint embedding) {
        return base.tiedTo(embedding);
    }

    /** Returns whether the weight of a module is another's, whose copy stands in for it too. */
    public boolean isTied(InjectionPoint point) {
        return base.tiedWeights().contains(point.path() + ".weight");
    }

    /**
     * Adds a float32 copy of a frozen tensor.
     *
     * @param transposed whether the file stores it so
     * @param added whether it counts as added to the base
     */
    Tensor copy(String key, Tensor frozen, boolean transposed, boolean added) {
        if (!added) {
            standIns.add(key);
        }
        if (!transposed) {
            return add(key, ops().cast(frozen, DType.FLOAT32));
        }
        try (Tensor view = ops().transpose(frozen);
                Tensor stored = ops().clone(view)) {
            return add(key, ops().cast(stored, DType.FLOAT32));
        }
    }

    private Tensor add(String key, Tensor value) {
        if (parameters.putIfAbsent(key, new Parameter(key, value)) != null) {
            value.close();
            throw new PeftException(
                    "two parts of the adapter would both be saved as "
                            + key
                            + ". Select that module once: as a target or in modules_to_save.");
        }
        return value;
    }

    /** Places something at a point; a point takes one placement of each adapter. */
    public void place(LinearPoint point, LinearPlacement placement) {
        put(point, placement);
    }

    /** Places something at a point; a point takes one placement of each adapter. */
    public void place(EmbeddingPoint point, EmbeddingPlacement placement) {
        put(point, placement);
    }

    /** Places something at a point; a point takes one placement of each adapter. */
    public void place(NormPoint point, NormPlacement placement) {
        put(point, placement);
    }

    /** Places something at a point; a point takes one placement of each adapter. */
    public void place(SublayerPoint point, SublayerPlacement placement) {
        put(point, placement);
    }

    /** Places something at a point; a point takes one placement of each adapter. */
    public void place(AttentionPoint point, AttentionPlacement placement) {
        put(point, placement);
    }

    /** Places something at a point; a point takes one placement of each adapter. */
    public void place(InputPoint point, InputPlacement placement) {
        put(point, placement);
    }

    private void put(InjectionPoint point, Placement placement) {
        if (placements.putIfAbsent(point, placement) != null) {
            throw new PeftException(
                    point.path()
                            + " is selected twice. Select it once: as a target or in"
                            + " modules_to_save.");
        }
    }

    /** Returns whether something is placed at a point already. */
    public boolean isTaken(InjectionPoint point) {
        return placements.containsKey(point);
    }

    /**
     * Says what the keys of copied modules start with, where that is not {@link #KEY_PREFIX}: in
     * peft's prompt methods the base is not wrapped a second time.
     */
    public void modulePrefix(String prefix) {
        this.modulePrefix = prefix;
    }

    /** Returns the key of a parameter of a copied module. */
    String moduleKey(InjectionPoint point, String parameter) {
        return modulePrefix + point.path() + "." + parameter;
    }

    /** Says what the adapter does in training beyond the forward pass. */
    public void hook(TrainingHook trainingHook) {
        this.hook = trainingHook;
    }

    /** Keeps what the method has to say about its selection of points, for the user to read. */
    public void report(Object selection) {
        this.report = selection;
    }

    /** Notes a frozen table that the adapter's file holds. */
    void saved(SavedTable table) {
        savedTables.add(table);
    }

    /** Returns whether a table stands in for the base's at a point. */
    boolean isBeneath(InjectionPoint point) {
        Placement placement = placements.get(point);
        return placement instanceof Beneath.OfEmbedding || placement instanceof Beneath.OfLinear;
    }

    /** Lets a table stand in for the frozen one, beneath what is placed there. */
    void placeBeneath(EmbeddingPoint point, Tensor copy) {
        placements.compute(
                point, (at, above) -> new Beneath.OfEmbedding(copy, (EmbeddingPlacement) above));
    }

    /** Lets a weight stand in for the frozen one, beneath what is placed there. */
    void placeBeneath(LinearPoint point, Tensor copy) {
        placements.compute(
                point, (at, above) -> new Beneath.OfLinear(copy, (LinearPlacement) above));
    }

    /** Returns whether a copy of a module's own parameter is trained, alone or tied to another. */
    boolean trains(InjectionPoint point, String parameter) {
        String key = moduleKey(point, parameter);
        return parameters.containsKey(key) || aliases.containsKey(key);
    }

    /**
     * Returns what peft puts between a module's path and the names of its frozen parameters, as
     * {@code base_layer.}, or nothing where the adapter does not act on it.
     */
    String wrapper(InjectionPoint point) {
        if (trains(point, "weight")) {
            return "original_module.";
        }
        String start = moduleKey(point, "");
        boolean holdsTokens =
                parameters.keySet().stream().anyMatch(k -> k.startsWith(start + "token_adapter."));
        boolean holdsOthers = parameters.keySet().stream().anyMatch(k -> k.startsWith(start));
        return holdsTokens ? "token_adapter.base_layer." : holdsOthers ? "base_layer." : "";
    }

    Adapter build(String name, PeftConfig config) {
        if (placements.isEmpty()) {
            throw new PeftException(
                    config.peftType() + " adapter " + name + " acts nowhere. Check its targets.");
        }
        warnOfSharedTables();
        return new Adapter(
                name,
                config,
                base.door(),
                new ArrayList<>(parameters.values()),
                frozen,
                savedTables,
                aliases,
                standIns,
                encoded,
                placements,
                hook,
                report,
                releaseMembers);
    }

    /** Frees what was made, when the adapter cannot be built. */
    void discard() {
        parameters.values().forEach(Parameter::close);
        frozen.forEach(Tensor::close);
        savedTables.forEach(SavedTable::close);
    }
}
