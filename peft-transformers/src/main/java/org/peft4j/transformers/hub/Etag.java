package org.peft4j.transformers.hub;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The hash of a file by which the hub and the cache name its content: SHA-256 of what is in large
 * file storage, git's SHA-1 of what is in the repository itself.
 *
 * @param hex 64 or 40 hexadecimal digits, lower case
 */
record Etag(String hex) {

    private static final Pattern HEX = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");
    private static final int SHA256_DIGITS = 64;
    private static final int BUFFER = 1 << 20;

    /** Reads a header such as {@code "5d41…"} or {@code W/"5d41…"}; empty if it is no such hash. */
    static Optional<Etag> parse(String header) {
        String hex =
                header.strip()
                        .replaceFirst("^W/", "")
                        .replaceAll("^\"|\"$", "")
                        .toLowerCase(Locale.ROOT);
        return HEX.matcher(hex).matches() ? Optional.of(new Etag(hex)) : Optional.empty();
    }

    /** Returns whether the file has this hash. */
    boolean matches(Path file) throws IOException {
        return hash(file).equals(hex);
    }

    private String hash(Path file) throws IOException {
        MessageDigest digest = digest();
        if (hex.length() != SHA256_DIGITS) {
            String head = "blob " + Files.size(file) + "\0";
            digest.update(head.getBytes(StandardCharsets.US_ASCII));
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] buffer = new byte[BUFFER];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private MessageDigest digest() {
        try {
            return MessageDigest.getInstance(hex.length() == SHA256_DIGITS ? "SHA-256" : "SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256 and SHA-1", e);
        }
    }

    @Override
    public String toString() {
        return hex;
    }
}
