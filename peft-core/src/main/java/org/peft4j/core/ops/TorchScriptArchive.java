package org.peft4j.core.ops;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Packs TorchScript source into the archive that libtorch loads: a stored zip that holds the source
 * as text, and a pickle of one object of class {@code __torch__.Ops} without attributes but {@code
 * training}.
 */
final class TorchScriptArchive {

    private static final byte[] EMPTY_TUPLE_PICKLE = {(byte) 0x80, 2, ')', '.'};

    private TorchScriptArchive() {}

    static byte[] pack(String source) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            store(zip, "ops/data.pkl", modulePickle());
            store(zip, "ops/code/__torch__.py", source.getBytes(StandardCharsets.UTF_8));
            store(zip, "ops/constants.pkl", EMPTY_TUPLE_PICKLE);
            store(zip, "ops/version", "10\n".getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** Protocol 2: the class, memoised; an instance; its state {"training": True}. */
    private static byte[] modulePickle() throws IOException {
        ByteArrayOutputStream pickle = new ByteArrayOutputStream();
        pickle.write(new byte[] {(byte) 0x80, 2});
        pickle.write("c__torch__\nOps\nq".getBytes(StandardCharsets.US_ASCII));
        pickle.write(new byte[] {0, ')', (byte) 0x81});
        pickle.write("}(X".getBytes(StandardCharsets.US_ASCII));
        pickle.write(new byte[] {8, 0, 0, 0});
        pickle.write("trainingq".getBytes(StandardCharsets.US_ASCII));
        pickle.write(new byte[] {1, (byte) 0x88});
        pickle.write("ub.".getBytes(StandardCharsets.US_ASCII));
        return pickle.toByteArray();
    }

    private static void store(ZipOutputStream zip, String name, byte[] data) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(data.length);
        CRC32 crc = new CRC32();
        crc.update(data);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(data);
        zip.closeEntry();
    }
}
