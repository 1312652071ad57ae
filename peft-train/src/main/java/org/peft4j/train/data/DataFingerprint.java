package org.peft4j.train.data;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells whether two lists of examples are the same, without keeping them. */
public final class DataFingerprint {

    private DataFingerprint() {}

    /** Returns the SHA-256 of everything in the examples, in their order, in hexadecimal. */
    public static String of(List<Example> examples) {
        MessageDigest digest = sha256();
        for (Example example : examples) {
            update(digest, example.inputIds());
            update(digest, example.labels());
            update(digest, example.tokenTypeIds());
            update(digest, bits(example.targets()));
            update(digest, example.source());
            byte[] selection = String.valueOf(example.selection()).getBytes(StandardCharsets.UTF_8);
            digest.update(selection);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static long @Nullable [] bits(float @Nullable [] values) {
        if (values == null) {
            return null;
        }
        long[] bits = new long[values.length];
        Arrays.setAll(bits, i -> Float.floatToIntBits(values[i]));
        return bits;
    }

    /** What is absent leaves no trace, so that older checkpoints still know their data. */
    private static void update(MessageDigest digest, long @Nullable [] values) {
        if (values == null) {
            return;
        }
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES * (values.length + 1));
        bytes.putLong(values.length); // so that no two lists run together to the same bytes
        for (long value : values) {
            bytes.putLong(value);
        }
        digest.update(bytes.array());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
