package org.peft4j.train.data;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** Tells whether two lists of examples are the same, without keeping them. */
public final class DataFingerprint {

    private DataFingerprint() {}

    /**
     * Returns the SHA-256 of all ids, labels, sources and selections, in their order, in
     * hexadecimal.
     */
    public static String of(List<Example> examples) {
        MessageDigest digest = sha256();
        for (Example example : examples) {
            update(digest, example.inputIds());
            update(digest, example.labels());
            long[] source = example.source();
            if (source != null) {
                update(digest, source);
            }
            byte[] selection = String.valueOf(example.selection()).getBytes(StandardCharsets.UTF_8);
            digest.update(selection);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void update(MessageDigest digest, long[] values) {
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
