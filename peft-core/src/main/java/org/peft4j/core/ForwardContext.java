package org.peft4j.core;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.ops.DType;
import org.peft4j.core.ops.Mode;
import org.peft4j.core.ops.OperatorDoor;
import org.peft4j.core.ops.Ops;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.points.AttentionPlacement;
import org.peft4j.core.points.AttentionPoint;
import org.peft4j.core.points.EmbeddingPlacement;
import org.peft4j.core.points.EmbeddingPoint;
import org.peft4j.core.points.InjectionPoint;
import org.peft4j.core.points.InputPlacement;
import org.peft4j.core.points.InputPoint;
import org.peft4j.core.points.LinearPlacement;
import org.peft4j.core.points.LinearPoint;
import org.peft4j.core.points.LinearWeights;
import org.peft4j.core.points.NormPlacement;
import org.peft4j.core.points.NormPoint;
import org.peft4j.core.points.NormWeights;
import org.peft4j.core.points.Placement;
import org.peft4j.core.points.RowGroup;
import org.peft4j.core.points.SublayerPlacement;
import org.peft4j.core.points.SublayerPoint;
import org.peft4j.core.points.VirtualLabel;

/**
 * One forward pass, or several in a row with the same selection, on one thread: which adapters act,
 * what for, and the operators. Injection points ask it what is placed at them.
 *
 * <p>While it is open, the adapters and merged weights that it uses stay alive, even if they are
 * deleted meanwhile.
 */
public final class ForwardContext implements AutoCloseable {

    private final Ops ops;
    private final WeightOverlay overlay;
    private final List<Group> groups;
    private final List<Lease> leases;
    private final boolean owner;
    private final long seed;
    private final Map<Object, Tensor> computed;
    private final Map<Object, Deque<Tensor>> handedOn;
    private final Map<? extends InjectionPoint, ? extends Placement> watchers;
    private boolean closed;
    private long draws;
    private @Nullable Tensor lastNarrow;
    private @Nullable Tensor lastWide;

    /** Rows that share a stack of adapters; rows is null for the whole batch. */
    private record Group(RowGroup.@Nullable Rows rows, int[] members, List<Adapter> stack) {}

    private ForwardContext(
            Ops ops,
            WeightOverlay overlay,
            List<Group> groups,
            List<Lease> leases,
            boolean owner,
            long seed,
            Map<Object, Tensor> computed,
            Map<Object, Deque<Tensor>> handedOn,
            Map<? extends InjectionPoint, ? extends Placement> watchers) {
        this.ops = ops;
        this.overlay = overlay;
        this.groups = groups;
        this.leases = leases;
        this.owner = owner;
        this.seed = seed;
        this.computed = computed;
        this.handedOn = handedOn;
        this.watchers = watchers;
    }

    /**
     * Opens passes for inference without adapters, in which placements see what flows.
     *
     * @param overlay merged weights
     * @param lease what the pass holds until it closes
     */
    static ForwardContext watching(
            OperatorDoor door,
            WeightOverlay overlay,
            Lease lease,
            Map<? extends InjectionPoint, ? extends Placement> watchers) {
        return new ForwardContext(
                opsOrRelease(door, List.of(lease)),
                overlay,
                List.of(new Group(null, new int[0], List.of())),
                List.of(lease),
                true,
                0,
                new IdentityHashMap<>(),
                new IdentityHashMap<>(),
                Map.copyOf(watchers));
    }

    /** A closed door opens no pass, which then holds nothing either. */
    private static Ops opsOrRelease(OperatorDoor door, List<Lease> leases) {
        try {
            return door.ops(Mode.INFERENCE);
        } catch (RuntimeException e) {
            leases.forEach(Lease::release);
            throw e;
        }
    }

    /** Opens a pass of no model, to compute what an adapter's parameters make. */
    static ForwardContext open(OperatorDoor door, Mode mode) {
        return open(
                door, mode, WeightOverlay.NONE, AdapterSelection.none(), Map.of(), List.of(), 0);
    }

    /**
     * Opens a pass on the calling thread.
     *
     * @param door opens the operators, which are closed with the pass
     * @param mode what the pass is for
     * @param overlay merged weights
     * @param selection which adapters
     * @param adapters those that the selection names
     * @param leases what the pass holds until it closes; let go if it cannot be opened
     * @param seed decides every dropout mask
     */
    static ForwardContext open(
            OperatorDoor door,
            Mode mode,
            WeightOverlay overlay,
            AdapterSelection selection,
            Map<String, Adapter> adapters,
            List<Lease> leases,
            long seed) {
        @Nullable Ops ops = null;
        try {
            ops = door.ops(mode);
            List<Group> groups = groups(ops, selection, adapters);
            return new ForwardContext(
                    ops,
                    overlay,
                    groups,
                    leases,
                    true,
                    seed,
                    new IdentityHashMap<>(),
                    new IdentityHashMap<>(),
                    Map.of());
        } catch (RuntimeException e) {
            if (ops != null) {
                ops.close();
            }
            leases.forEach(Lease::release);
            throw e;
        }
    }

    private static List<Group> groups(
            Ops ops, AdapterSelection selection, Map<String, Adapter> adapters) {
        if (!selection.isPerRow()) {
            return List.of(new Group(null, new int[0], stack(selection, adapters)));
        }
        Map<AdapterSelection, List<Integer>> members = new LinkedHashMap<>();
        for (int row = 0; row < selection.rows().size(); row++) {
            members.computeIfAbsent(selection.rows().get(row), s -> new ArrayList<>()).add(row);
        }
        if (members.size() == 1) {
            return List.of(new Group(null, new int[0], stack(selection.rows().get(0), adapters)));
        }
        List<int[]> rows = new ArrayList<>();
        List<List<Adapter>> stacks = new ArrayList<>();
        members.forEach(
                (rowSelection, numbers) -> {
                    rows.add(numbers.stream().mapToInt(Integer::intValue).toArray());
                    stacks.add(stack(rowSelection, adapters));
                });
        return groups(ops, rows, stacks);
    }

    private static List<Adapter> stack(AdapterSelection selection, Map<String, Adapter> adapters) {
        List<Adapter> stack = new ArrayList<>();
        for (String name : selection.stack()) {
            Adapter adapter = adapters.get(name);
            if (adapter == null) {
                throw new IllegalArgumentException("the pass has no adapter " + name);
            }
            stack.add(adapter);
        }
        return stack;
    }

    private static List<Group> groups(Ops ops, List<int[]> rows, List<List<Adapter>> stacks) {
        int total = rows.stream().mapToInt(members -> members.length).sum();
        long[] order = new long[total];
        int laid = 0;
        for (int[] members : rows) {
            for (int row : members) {
                order[row] = laid++;
            }
        }
        Tensor orderTensor = ops.longs(order, total);
        List<Group> groups = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            int[] members = rows.get(i);
            long[] index = java.util.Arrays.stream(members).asLongStream().toArray();
            RowGroup.Rows split =
                    new RowGroup.Rows(members, ops.longs(index, index.length), orderTensor);
            groups.add(new Group(split, members, stacks.get(i)));
        }
        return List.copyOf(groups);
    }

    /**
     * Returns a view of this pass for tensors whose rows are not the batch's, such as chosen
     * positions. It shares everything else and must not outlive this pass.
     *
     * @param batchRows for each row of such a tensor, the row of the batch it belongs to
     */
    public ForwardContext forRows(int[] batchRows) {
        if (groups.size() == 1) {
            return this;
        }
        List<int[]> rows = new ArrayList<>();
        List<List<Adapter>> stacks = new ArrayList<>();
        for (Group group : groups) {
            int[] members =
                    java.util.stream.IntStream.range(0, batchRows.length)
                            .filter(i -> contains(group.members(), batchRows[i]))
                            .toArray();
            if (members.length > 0) {
                rows.add(members);
                stacks.add(group.stack());
            }
        }
        List<Group> mapped =
                rows.size() == 1
                        ? List.of(new Group(null, new int[0], stacks.get(0)))
                        : groups(ops, rows, stacks);
        return new ForwardContext(
                ops,
                overlay,
                mapped,
                List.of(),
                false,
                seed ^ Long.rotateLeft(++draws, 32),
                computed,
                handedOn,
                watchers);
    }

    /**
     * Returns a view of this pass for the rows of one group alone. It shares everything else and
     * must not outlive this pass.
     *
     * @param group what {@code at} gave for a point
     */
    public ForwardContext within(RowGroup<?> group) {
        for (Group own : groups) {
            if (own.rows() != null && own.rows().equals(group.rows())) {
                List<Group> alone = List.of(new Group(null, new int[0], own.stack()));
                long other = seed ^ Long.rotateLeft(++draws, 32);
                return new ForwardContext(
                        ops, overlay, alone, List.of(), false, other, computed, handedOn, watchers);
            }
        }
        return this;
    }

    private static boolean contains(int[] values, int wanted) {
        for (int value : values) {
            if (value == wanted) {
                return true;
            }
        }
        return false;
    }

    /**
     * Returns how many virtual tokens each row of a batch gets before its own.
     *
     * @param kind at the input of an encoder or of a decoder
     * @param rows the batch
     */
    public int[] virtualTokens(InputPoint.Kind kind, int rows) {
        int[] counts = new int[rows];
        for (Group group : groups) {
            int count = group.stack().stream().mapToInt(a -> a.virtualTokens(kind)).sum();
            if (group.rows() == null) {
                java.util.Arrays.fill(counts, count);
            }
            for (int row : group.members()) {
                counts[row] = count;
            }
        }
        return counts;
    }

    /**
     * Returns for each row of a batch which of its virtual tokens have labels. The adapter that is
     * nearest to the base puts its virtual tokens nearest to the text.
     */
    List<List<VirtualLabel>> virtualLabels(InputPoint.Kind kind, int rows) {
        List<List<VirtualLabel>> labels = new ArrayList<>(Collections.nCopies(rows, List.of()));
        for (Group group : groups) {
            List<VirtualLabel> own = new ArrayList<>();
            int before = 0;
            for (int i = group.stack().size() - 1; i >= 0; i--) {
                Adapter adapter = group.stack().get(i);
                for (VirtualLabel label : adapter.virtualLabels(kind)) {
                    own.add(label.behind(before));
                }
                before += adapter.virtualTokens(kind);
            }
            if (group.rows() == null) {
                Collections.fill(labels, own);
            }
            for (int row : group.members()) {
                labels.set(row, own);
            }
        }
        return labels;
    }

    /** Returns the merged weights of this pass. */
    WeightOverlay overlay() {
        return overlay;
    }

    /** Returns every adapter that acts in this pass. */
    List<Adapter> adapters() {
        return groups.stream().flatMap(group -> group.stack().stream()).distinct().toList();
    }

    /** Returns the operators of this pass. */
    public Ops ops() {
        return ops;
    }

    /** Returns whether autograd follows and dropout acts. */
    public boolean isTraining() {
        return ops.mode() == Mode.TRAINING;
    }

    /**
     * Returns a seed for the next random operator; a pass with the same seed repeats the same ones.
     */
    public long nextSeed() {
        long z = seed + ++draws * 0x9E3779B97F4A7C15L; // SplitMix64 (Steele et al. 2014)
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return (z ^ (z >>> 31)) >>> 1;
    }

    /**
     * Returns a tensor in float32, the dtype of adapter parameters. Linears that read the same
     * tensor one after the other share the result, so that autograd keeps it once.
     */
    public Tensor widened(Tensor x) {
        if (x.dtype() == DType.FLOAT32) {
            return x;
        }
        Tensor last = lastWide;
        if (x == lastNarrow && last != null && last.isOpen()) {
            return last;
        }
        Tensor wide = ops.cast(x, DType.FLOAT32);
        lastNarrow = x;
        lastWide = wide;
        return wide;
    }

    /**
     * Returns a tensor that several points need and that is the same at all of them: the first one
     * computes it, and it lives as long as the pass.
     *
     * @param key what it is, by identity
     * @param body computes it
     */
    public Tensor once(Object key, Supplier<Tensor> body) {
        Tensor present = computed.get(key);
        if (present == null) {
            present = ops.keepForPass(body.get());
            computed.put(key, present);
        }
        return present;
    }

    /**
     * Hands a tensor from one placement of an adapter to another that acts later in the layer. Rows
     * with different stacks come to both in the same order.
     *
     * @param key what both know, by identity
     * @param tensor of the scope that both are in
     */
    public void handOn(Object key, Tensor tensor) {
        handedOn.computeIfAbsent(key, k -> new ArrayDeque<>()).add(tensor);
    }

    /**
     * Takes what was {@linkplain #handOn handed on}, the first first.
     *
     * @param key what both know, by identity
     */
    public Tensor takeOver(Object key) {
        Deque<Tensor> waiting = handedOn.get(key);
        if (waiting == null || waiting.isEmpty()) {
            throw new IllegalStateException("nothing was handed on");
        }
        return waiting.remove();
    }

    /** Returns what acts at a linear point, by rows. */
    public List<RowGroup<LinearPlacement>> at(LinearPoint point) {
        return groupsAt(point, LinearPlacement.class);
    }

    /** Returns what acts at an embedding point, by rows. */
    public List<RowGroup<EmbeddingPlacement>> at(EmbeddingPoint point) {
        return groupsAt(point, EmbeddingPlacement.class);
    }

    /** Returns what acts at a norm point, by rows. */
    public List<RowGroup<NormPlacement>> at(NormPoint point) {
        return groupsAt(point, NormPlacement.class);
    }

    /** Returns what acts at a sublayer point, by rows. */
    public List<RowGroup<SublayerPlacement>> at(SublayerPoint point) {
        return groupsAt(point, SublayerPlacement.class);
    }

    /** Returns what acts at an attention point, by rows. */
    public List<RowGroup<AttentionPlacement>> at(AttentionPoint point) {
        return groupsAt(point, AttentionPlacement.class);
    }

    /** Returns what acts at an input point, by rows. */
    public List<RowGroup<InputPlacement>> at(InputPoint point) {
        return groupsAt(point, InputPlacement.class);
    }

    private <P extends Placement> List<RowGroup<P>> groupsAt(InjectionPoint point, Class<P> kind) {
        Placement watcher = watchers.get(point);
        if (watcher != null) {
            return List.of(new RowGroup<>(null, List.of(kind.cast(watcher))));
        }
        List<RowGroup<P>> found = new ArrayList<>(groups.size());
        boolean any = false;
        for (Group group : groups) {
            List<P> placements = List.of();
            for (Adapter adapter : group.stack()) {
                Placement placement = adapter.at(point);
                if (placement != null) {
                    placements = placements.isEmpty() ? new ArrayList<>() : placements;
                    placements.add(kind.cast(placement));
                }
            }
            any |= !placements.isEmpty();
            found.add(new RowGroup<>(group.rows(), placements));
        }
        return any ? found : List.of(new RowGroup<>(null, List.of()));
    }

    /** Returns the parameters at a point: the frozen ones, or merged ones. */
    public LinearWeights weights(LinearPoint point) {
        return overlay.of(point);
    }

    /** Returns the table at a point: the frozen one, or a merged one. */
    public Tensor weights(EmbeddingPoint point) {
        return overlay.of(point);
    }

    /** Returns the parameters at a point: the frozen ones, or merged ones. */
    public NormWeights weights(NormPoint point) {
        return overlay.of(point);
    }

    /** Closes the operators and lets go of adapters and merged weights; twice is harmless. */
    @Override
    public void close() {
        if (owner && !closed) {
            ops.close();
            closed = true;
            leases.forEach(Lease::release);
        }
    }
}
