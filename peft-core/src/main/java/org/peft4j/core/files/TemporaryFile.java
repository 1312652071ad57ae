package org.peft4j.core.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Files that wait beside their targets to be renamed. The name tells who writes them, so that those
 * of a crashed writer can be known and removed: {@code .peft4j-MACHINE-PROCESS-RUN-UNIQUE.tmp}.
 */
final class TemporaryFile {

    private static final Pattern NAME =
            Pattern.compile(
                    "\\.peft4j-([0-9a-z]{1,16})-(\\d{1,18})-([0-9a-z]{1,16})-[0-9a-z]{32}\\.tmp");

    /** Long enough for the slowest save by a writer whose process cannot be seen from here. */
    private static final Duration SAFE_AGE = Duration.ofHours(24);

    /** Tells this run apart from an earlier one with the same process id, as in a container. */
    private static final String RUN = UUID.randomUUID().toString().substring(0, 8);

    private static final String UNKNOWN_MACHINE = "0";
    private static final String MACHINE = machine();

    private TemporaryFile() {}

    /** Writes and syncs a fresh file; leaves nothing behind when that fails. */
    static Path write(Path directory, FileBody body) throws IOException {
        Path file = directory.resolve(freshName());
        boolean complete = false;
        try {
            writeAndSync(file, body);
            complete = true;
        } finally {
            if (!complete) {
                Files.deleteIfExists(file);
            }
        }
        return file;
    }

    private static void writeAndSync(Path file, FileBody body) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            body.writeTo(new BodyChannel(channel, Long.MAX_VALUE));
            channel.force(true);
        }
    }

    /** Renames onto the target, which is replaced in one step. */
    static void move(Path file, Path target) throws IOException {
        Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
    }

    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /** Returns whether this is a temporary file whose writer is surely gone. */
    static boolean isAbandoned(Path file) {
        Matcher name = NAME.matcher(Names.fileName(file));
        if (!name.matches()) {
            return false;
        }
        boolean writerIsVisible = name.group(1).equals(MACHINE) && !MACHINE.equals(UNKNOWN_MACHINE);
        return isOld(file)
                || (writerIsVisible && !isRunning(Long.parseLong(name.group(2)), name.group(3)));
    }

    static String freshName() {
        return ".peft4j-%s-%d-%s-%s.tmp"
                .formatted(
                        MACHINE,
                        ProcessHandle.current().pid(),
                        RUN,
                        UUID.randomUUID().toString().replace("-", ""));
    }

    private static boolean isRunning(long process, String run) {
        if (process == ProcessHandle.current().pid()) {
            return run.equals(RUN);
        }
        return ProcessHandle.of(process).map(ProcessHandle::isAlive).orElse(false);
    }

    private static boolean isOld(Path file) {
        try {
            Instant modified =
                    Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toInstant();
            return modified.isBefore(Instant.now().minus(SAFE_AGE));
        } catch (IOException e) {
            return false; // It was renamed or removed in the meantime.
        }
    }

    /**
     * Returns a name for the set of processes that can see each other: one boot of one machine, and
     * there one container. Process ids mean nothing beyond it.
     */
    private static String machine() {
        try {
            String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id"));
            Path processes = Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
            String both = boot.strip() + processes;
            return UUID.nameUUIDFromBytes(both.getBytes(StandardCharsets.UTF_8))
                    .toString()
                    .substring(0, 8);
        } catch (IOException | RuntimeException e) {
            return UNKNOWN_MACHINE;
        }
    }
}
