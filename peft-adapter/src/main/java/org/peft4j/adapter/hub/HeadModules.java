package org.peft4j.adapter.hub;

import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.BaseModel;
import org.peft4j.core.FrozenWeights;
import org.peft4j.core.files.SafetensorsFile;
import org.peft4j.core.files.TensorEntry;
import org.peft4j.core.ops.DType;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.ops.WeightOps;
import org.peft4j.core.points.EmbeddingPoint;
import org.peft4j.core.points.LinearPoint;
import org.peft4j.core.targets.Targets;

/** The modules of a base that AdapterHub would store as a head. */
final class HeadModules {

    private final BaseModel base;

    HeadModules(BaseModel base) {
        this.base = base;
    }

    /** Returns whether the base has a linear or an embedding of that path. */
    boolean has(String module) {
        return base.points().find(LinearPoint.class, module).isPresent()
                || base.points().find(EmbeddingPoint.class, module).isPresent();
    }

    /** Returns whether a module is part of the task's head, which every adapter trains. */
    boolean isHead(String module) {
        return Targets.isInside(module, base.headModules());
    }

    /** Returns what {@code modules_to_save} calls a module. */
    String saved(String module) {
        return base.headModules().stream()
                .filter(head -> Targets.isInside(module, java.util.List.of(head)))
                .findFirst()
                .orElse(module);
    }

    /** Returns whether a stored tensor is another than the base's own. */
    boolean differs(String name, SafetensorsFile file, TensorEntry entry) {
        Optional<Tensor> frozen = frozen(name);
        Optional<DType> dtype = FrozenWeights.dtypeOf(entry.type());
        if (frozen.isEmpty() || dtype.isEmpty()) {
            return false;
        }
        Tensor own = frozen.get();
        if (!Arrays.equals(own.shape().getShape(), entry.dimensions())) {
            return true;
        }
        WeightOps ops = base.door().weights();
        try (Tensor read = ops.fromBytes(file.read(entry), dtype.get(), entry.dimensions());
                Tensor stored = ops.cast(read, DType.FLOAT32);
                Tensor wide = ops.cast(own, DType.FLOAT32)) {
            return ops.maxDifference(stored, wide) != 0;
        }
    }

    private Optional<Tensor> frozen(String name) {
        String module = name.substring(0, name.lastIndexOf('.'));
        boolean weight = name.endsWith(".weight");
        Optional<Tensor> table =
                base.points().find(EmbeddingPoint.class, module).map(EmbeddingPoint::table);
        if (table.isPresent()) {
            return weight ? table : Optional.empty();
        }
        return base.points()
                .find(LinearPoint.class, module)
                .map(
                        linear -> {
                            @Nullable Tensor bias = linear.frozen().bias();
                            return weight ? linear.frozen().weight() : bias;
                        });
    }
}
