package org.peft4j.transformers.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.AdapterSelection;
import org.peft4j.core.PeftException;
import org.peft4j.core.SequenceLayout;
import org.peft4j.core.TokenBatch;

/**
 * What a DJL program hands to a block: {@code input_ids}, then perhaps {@code attention_mask} and
 * {@code token_type_ids}, each INT64 or INT32 [rows, length]; and perhaps, under the name {@link
 * #ADAPTERS}, which adapter acts on each row.
 *
 * @param batch the tokens
 * @param adapters for each row the number of its adapter, negative for none; or null
 */
record ModelInputs(TokenBatch batch, long @Nullable [] adapters) {

    /** The name of the array that chooses adapters, INT64 [rows]. */
    static final String ADAPTERS = "adapters";

    private static final List<String> NAMES =
            List.of("input_ids", "attention_mask", "token_type_ids");

    static ModelInputs of(NDList inputs) {
        NDArray adapters = inputs.get(ADAPTERS);
        List<NDArray> arrays = new ArrayList<>(inputs);
        arrays.removeIf(array -> ADAPTERS.equals(array.getName()));
        if (arrays.isEmpty() || arrays.size() > NAMES.size()) {
            throw new PeftException(
                    "a model takes " + NAMES + ", but was given " + arrays.size() + " arrays.");
        }
        Shape shape = arrays.get(0).getShape();
        for (int i = 0; i < arrays.size(); i++) {
            if (shape.dimension() != 2 || !arrays.get(i).getShape().equals(shape)) {
                throw new PeftException(
                        NAMES.get(i)
                                + " must be [rows, length] as "
                                + NAMES.get(0)
                                + " is, but has the shape "
                                + arrays.get(i).getShape()
                                + ". Batch the inputs with a batchifier.");
            }
        }
        int rows = Math.toIntExact(shape.get(0));
        int length = Math.toIntExact(shape.get(1));
        SequenceLayout layout =
                arrays.size() > 1
                        ? new SequenceLayout(rows, 0, length, longs(arrays.get(1)))
                        : new SequenceLayout(rows, 0, length);
        TokenBatch batch = new TokenBatch(layout, longs(arrays.get(0)));
        return new ModelInputs(
                arrays.size() > 2 ? batch.withTokenTypeIds(longs(arrays.get(2))) : batch,
                adapters == null ? null : longs(adapters));
    }

    private static long[] longs(NDArray array) {
        return array.getDataType() == DataType.INT64
                ? array.toLongArray()
                : array.toType(DataType.INT64, true).toLongArray();
    }

    /**
     * Returns which adapters act.
     *
     * @param names the adapters that rows choose from
     * @param otherwise what acts where no row chooses
     */
    AdapterSelection selection(List<String> names, AdapterSelection otherwise) {
        if (adapters == null) {
            return otherwise;
        }
        List<AdapterSelection> rows = new ArrayList<>();
        for (long number : adapters) {
            if (number >= names.size()) {
                throw new PeftException(
                        "a row chooses adapter number "
                                + number
                                + ", but the block was made with the adapters "
                                + names
                                + ".");
            }
            rows.add(
                    number < 0
                            ? AdapterSelection.none()
                            : AdapterSelection.of(names.get((int) number)));
        }
        return AdapterSelection.perRow(rows);
    }
}
