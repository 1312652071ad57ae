package org.peft4j.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.peft4j.core.files.AdapterDirectory;
import org.peft4j.core.files.TensorSource;
import org.peft4j.core.ops.Tensor;
import org.peft4j.core.ops.WeightOps;

/** What only training needs of an adapter: {@code prompt_encoder.safetensors}. */
final class EncoderFiles {

    /**
     * How far what the encoder computes may be from what was saved, for each unit of its largest
     * element: another device rounds otherwise, another training is further away.
     */
    private static final double TOLERANCE = 1e-4;

    private EncoderFiles() {}

    /** Takes the encoders' parameters out of what goes to the adapter's own file. */
    static List<TensorSource> takeFrom(Map<String, TensorSource> sources, Adapter adapter) {
        List<TensorSource> taken = new ArrayList<>();
        for (EncodedTensor.Encoder encoder : adapter.encoders()) {
            for (String key : encoder.keys()) {
                TensorSource source = sources.remove(key);
                if (source != null) {
                    taken.add(source);
                }
            }
        }
        return taken;
    }

    /**
     * Reads the encoders of an adapter that has some, and checks that they are of the same save; or
     * recovers them where the file is missing and none of them needs it.
     */
    static void fill(Adapter adapter, StoredAdapter files, String remedy) {
        if (!adapter.hasEncoder()) {
            return;
        }
        if (files.encoder().isEmpty() && needNoFile(adapter)) {
            recover(adapter, files.weights());
            return;
        }
        StoredTensors stored = files.requireEncoder();
        Set<String> keys = new TreeSet<>();
        adapter.encoders().forEach(encoder -> keys.addAll(encoder.keys()));
        stored.requireNames(keys, remedy);
        for (String key : keys) {
            Parameter parameter = adapter.parameter(key).orElseThrow();
            stored.requireShape(key, parameter.value().shape().getShape());
            stored.readInto(parameter);
        }
        for (EncodedTensor tensor : adapter.encoded()) {
            EncodedTensor.Encoder encoder = tensor.encoder();
            if (encoder != null) {
                requireSame(adapter, files, stored, tensor.key(), encoder);
            }
        }
    }

    private static boolean needNoFile(Adapter adapter) {
        return adapter.encoders().stream()
                .allMatch(encoder -> encoder.encoding() instanceof RecoverableEncoding);
    }

    private static void recover(Adapter adapter, StoredTensors weights) {
        for (EncodedTensor tensor : adapter.encoded()) {
            EncodedTensor.Encoder encoder = tensor.encoder();
            if (encoder != null && encoder.encoding() instanceof RecoverableEncoding recoverable) {
                try (Tensor made = weights.read(tensor.key())) {
                    recoverable.recover(made);
                }
            }
        }
    }

    private static void requireSame(
            Adapter adapter,
            StoredAdapter files,
            StoredTensors stored,
            String key,
            EncodedTensor.Encoder encoder) {
        WeightOps ops = adapter.weightOps();
        try (Tensor saved = files.weights().read(key);
                Tensor computed = EncodedTensor.compute(adapter.door(), encoder);
                Tensor zero = ops.zeros(saved.shape().getShape())) {
            double difference = ops.maxDifference(saved, computed);
            // written so that NaN is refused too
            if (!(difference <= TOLERANCE * ops.maxDifference(saved, zero))) {
                throw new BadFileException(
                        stored.path(),
                        "its encoder makes another "
                                + key
                                + " than the one in "
                                + files.weights().path().getFileName()
                                + " (up to "
                                + (float) difference
                                + " away): they are not of one training",
                        "Restore both files of one save, or remove "
                                + AdapterDirectory.ENCODER
                                + " and train "
                                + key
                                + " itself (load, then setTrainable(true))");
            }
        }
    }
}
