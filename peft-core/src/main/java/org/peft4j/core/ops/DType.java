package org.peft4j.core.ops;

import ai.djl.ndarray.types.DataType;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.PeftException;

/** The element types that a {@link Tensor} can have. */
public enum DType {
    FLOAT32(4, 6, DataType.FLOAT32),
    FLOAT16(2, 5, DataType.FLOAT16),
    /** The upper half of a float32. DJL has no usable name for it (it aborts the JVM). */
    BFLOAT16(2, 15, null),
    FLOAT64(8, 7, DataType.FLOAT64),
    INT64(8, 4, DataType.INT64),
    INT32(4, 3, DataType.INT32),
    UINT8(1, 0, DataType.UINT8),
    BOOL(1, 11, DataType.BOOLEAN);

    private final int bytes;
    private final int code;
    private final Optional<DataType> djl;

    DType(int bytes, int code, @Nullable DataType djl) {
        this.bytes = bytes;
        this.code = code;
        this.djl = Optional.ofNullable(djl);
    }

    /** Returns the bytes of one element. */
    public int bytes() {
        return bytes;
    }

    /** Returns libtorch's number for this type. */
    int code() {
        return code;
    }

    /** Returns whether this is a floating-point type. */
    public boolean isFloating() {
        return this == FLOAT32 || this == FLOAT16 || this == BFLOAT16 || this == FLOAT64;
    }

    /**
     * Returns DJL's name for this type.
     *
     * @throws PeftException if DJL has none, as for bfloat16
     */
    DataType djl() {
        return djl.orElseThrow(
                () ->
                        new PeftException(
                                "DJL cannot hold "
                                        + this
                                        + " values. Cast the tensor to FLOAT32 first."));
    }

    /**
     * Reads the spelling of {@code config.json} ({@code "dtype": "bfloat16"}).
     *
     * @param name a spelling such as {@code float32}, {@code torch.bfloat16} or {@code half}
     * @return the type, or nothing if the name is unknown
     */
    public static Optional<DType> fromConfigName(String name) {
        return switch (name.startsWith("torch.") ? name.substring(6) : name) {
            case "float32", "float" -> Optional.of(FLOAT32);
            case "float16", "half" -> Optional.of(FLOAT16);
            case "bfloat16" -> Optional.of(BFLOAT16);
            case "float64", "double" -> Optional.of(FLOAT64);
            default -> Optional.empty();
        };
    }

    /** Returns the spelling of {@code config.json}. */
    public String configName() {
        return switch (this) {
            case FLOAT32 -> "float32";
            case FLOAT16 -> "float16";
            case BFLOAT16 -> "bfloat16";
            case FLOAT64 -> "float64";
            case INT64 -> "int64";
            case INT32 -> "int32";
            case UINT8 -> "uint8";
            case BOOL -> "bool";
        };
    }
}
