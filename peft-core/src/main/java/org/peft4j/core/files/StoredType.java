package org.peft4j.core.files;

import java.util.Optional;

/**
 * The element types of the safetensors format, under the names that its headers use.
 *
 * <p>They are declared in the reference implementation's order: its writer lays tensors out by
 * descending type, then by name, which keeps every tensor aligned to its element size. The types
 * below one byte (F4, F6) are not supported.
 */
public enum StoredType {
    /** One byte, 0 or 1. */
    BOOL(1),
    /** Unsigned 8-bit integer. */
    U8(1),
    /** Signed 8-bit integer. */
    I8(1),
    /** 8-bit float, 5 bits of exponent, 2 of mantissa. */
    F8_E5M2(1),
    /** 8-bit float, 4 bits of exponent, 3 of mantissa. */
    F8_E4M3(1),
    /** 8-bit power of two, as in the microscaling formats. */
    F8_E8M0(1),
    /** F8_E4M3 without infinities and negative zero. */
    F8_E4M3FNUZ(1),
    /** F8_E5M2 without infinities and negative zero. */
    F8_E5M2FNUZ(1),
    /** Signed 16-bit integer. */
    I16(2),
    /** Unsigned 16-bit integer. */
    U16(2),
    /** IEEE half precision. */
    F16(2),
    /** The upper half of an F32. */
    BF16(2),
    /** Signed 32-bit integer. */
    I32(4),
    /** Unsigned 32-bit integer. */
    U32(4),
    /** IEEE single precision. */
    F32(4),
    /** Complex of two F32. */
    C64(8),
    /** IEEE double precision. */
    F64(8),
    /** Signed 64-bit integer. */
    I64(8),
    /** Unsigned 64-bit integer. */
    U64(8);

    private final int bytes;

    StoredType(int bytes) {
        this.bytes = bytes;
    }

    /** Returns the size of one element in bytes. */
    public int bytes() {
        return bytes;
    }

    /**
     * Finds the type that a safetensors header calls by this name.
     *
     * @param name the value of {@code dtype}, for example {@code "BF16"}
     * @return the type, or empty if there is none of this name
     */
    public static Optional<StoredType> named(String name) {
        for (StoredType type : values()) {
            if (type.name().equals(name)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }
}
