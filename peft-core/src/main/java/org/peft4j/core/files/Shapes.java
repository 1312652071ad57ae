package org.peft4j.core.files;

import java.util.Arrays;
import java.util.List;

/** Arithmetic on shapes that fails instead of wrapping around. */
final class Shapes {

    private Shapes() {}

    /**
     * Returns the number of elements: the product of the dimensions, 1 for a scalar.
     *
     * @throws ArithmeticException if the product does not fit into a long
     */
    static long elements(List<Long> shape) {
        if (shape.contains(0L)) {
            return 0;
        }
        long product = 1;
        for (long dimension : shape) {
            product = Math.multiplyExact(product, dimension);
        }
        return product;
    }

    /**
     * Returns the size in bytes.
     *
     * @throws ArithmeticException if it does not fit into a long
     */
    static long bytes(StoredType type, List<Long> shape) {
        return Math.multiplyExact(elements(shape), (long) type.bytes());
    }

    static List<Long> listOf(long... shape) {
        return Arrays.stream(shape).boxed().toList();
    }
}
