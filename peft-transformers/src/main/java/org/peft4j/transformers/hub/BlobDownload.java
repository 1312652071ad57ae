package org.peft4j.transformers.hub;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.peft4j.core.PeftException;
import org.peft4j.core.files.Failures;

/**
 * Brings one file into the cache: downloads its content unless the blob is there, checks it, and
 * puts it into the snapshot. Disk errors come out as they are, network errors lead to another
 * attempt that goes on where the last one broke off.
 */
final class BlobDownload {

    private static final Pattern RANGE = Pattern.compile("bytes (\\d{1,18})-.*");
    private static final int BUFFER = 1 << 16;

    /** The hub announces the size of every file; what lies between may drop that of small ones. */
    private static final long MOST_UNANNOUNCED = 100_000_000;

    private final HubApi api;
    private final HubCache cache;
    private final Patience patience;
    private final String commit;
    private final RemoteFile file;
    private final Transfer transfer;

    /** Of this file, the bytes that the listener has heard of. */
    private long counted;

    BlobDownload(
            HubApi api,
            HubCache cache,
            Patience patience,
            String commit,
            RemoteFile file,
            Transfer transfer) {
        this.api = api;
        this.cache = cache;
        this.patience = patience;
        this.commit = commit;
        this.file = file;
        this.transfer = transfer;
    }

    /**
     * Downloads.
     *
     * @throws PeftException if the hub, the network or the disk fails for good
     */
    void run() {
        Path blob = cache.blob(file.etag());
        try (BlobLock lock = BlobLock.hold(cache.lock(file.etag()))) {
            if (cache.has(commit, file.name())) {
                count(file.size().orElse(0));
                return;
            }
            boolean fresh = !Files.isRegularFile(blob);
            if (fresh) {
                fetch(
                        lock.isEffective()
                                ? cache.partial(file.etag())
                                : cache.partialOfOneself(file.etag()),
                        blob);
            } else {
                count(file.size().orElse(0));
            }
            cache.link(blob, commit, file.name(), fresh);
        } catch (IOException e) {
            throw unwritten(e);
        }
    }

    private PeftException unwritten(IOException cause) {
        return Failures.writing(
                cache.blob(file.etag()), cause, "what has arrived is kept for the next attempt");
    }

    private void fetch(Path partial, Path blob) throws IOException {
        Path parent = partial.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        boolean resumed = Files.exists(partial);
        download(partial);
        boolean right = file.etag().matches(partial);
        if (!right && resumed) {
            Files.delete(partial); // The old part may have been damaged.
            download(partial);
            right = file.etag().matches(partial);
        }
        if (!right) {
            Files.delete(partial);
            throw new PeftException(
                    api.what(file.name())
                            + " arrived with another content than the hub announced (hash "
                            + file.etag()
                            + "), and was deleted. Try again; if it stays so, something between"
                            + " here and the hub changes files: check the proxy and HF_ENDPOINT.");
        }
        Files.move(partial, blob, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Goes on as long as every few attempts bring something new. */
    private void download(Path partial) throws IOException {
        try (FileChannel out =
                FileChannel.open(partial, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            long longest = out.size();
            int failures = 0;
            while (true) {
                try {
                    receive(out);
                    break;
                } catch (IOException e) {
                    boolean further = out.size() > longest && !(e instanceof SlowException);
                    failures = further ? 1 : failures + 1;
                    longest = Math.max(longest, out.size());
                    patience.pauseAfter(failures, api.what(file.name()), e);
                }
            }
            out.force(true);
        }
    }

    /**
     * Makes one attempt to get what is missing.
     *
     * @throws IOException if the network fails
     * @throws PeftException if the disk or the hub fails for good
     */
    private void receive(FileChannel out) throws IOException {
        long have = out.size();
        if (file.size().isPresent() && have == file.size().getAsLong()) {
            count(have);
            return;
        }
        try (Answer answer = api.read(commit, file.name(), have)) {
            long start = start(answer);
            if (start != have) {
                truncate(out); // The server begins anew, or does not know this part.
            }
            if (start != have && start != 0) {
                throw new IOException("the server did not go on where the last download ended");
            }
            receive(answer.body(), out, start);
        }
    }

    private void receive(InputStream body, FileChannel out, long start) throws IOException {
        byte[] buffer = new byte[BUFFER];
        long position = start;
        count(position);
        for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
            if (position + n > file.size().orElse(MOST_UNANNOUNCED)) {
                truncate(out);
                throw tooLong();
            }
            write(out, ByteBuffer.wrap(buffer, 0, n), position);
            position += n;
            count(position);
        }
        if (position < file.size().orElse(0)) {
            throw new EOFException(
                    "the connection ended after "
                            + position
                            + " of "
                            + file.size().getAsLong()
                            + " bytes");
        }
    }

    private PeftException tooLong() {
        return new PeftException(
                api.what(file.name())
                        + (file.size().isPresent()
                                ? " is longer than the "
                                        + file.size().getAsLong()
                                        + " bytes that the hub announced"
                                : " comes without its size, and is longer than the "
                                        + MOST_UNANNOUNCED
                                        + " bytes that are taken so")
                        + ", and was deleted. Check the proxy and HF_ENDPOINT.");
    }

    /** Returns at which byte of the file the answer begins, or -1 if it does not say. */
    private static long start(Answer answer) {
        return switch (answer.status()) {
            case 200 -> 0;
            case 206 -> {
                Matcher range = RANGE.matcher(answer.header("Content-Range").orElse(""));
                yield range.matches() ? Long.parseLong(range.group(1)) : -1;
            }
            default -> -1;
        };
    }

    private void write(FileChannel out, ByteBuffer bytes, long position) {
        try {
            for (long at = position; bytes.hasRemaining(); ) {
                at += out.write(bytes, at);
            }
        } catch (IOException e) {
            throw unwritten(e);
        }
    }

    private void truncate(FileChannel out) {
        try {
            out.truncate(0);
        } catch (IOException e) {
            throw unwritten(e);
        }
    }

    private void count(long arrived) {
        transfer.moved(arrived - counted);
        counted = arrived;
    }
}
