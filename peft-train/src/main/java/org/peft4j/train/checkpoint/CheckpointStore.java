package org.peft4j.train.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.peft4j.core.BadFileException;
import org.peft4j.core.PeftException;
import org.peft4j.core.files.Failures;

/**
 * The checkpoints of one training, in directories {@code checkpoint-STEP}.
 *
 * <p>A checkpoint is written to a hidden directory beside its place, synced and renamed, and only
 * then are older ones removed: whenever the process dies, the newest complete checkpoint is there.
 * One training at a time may use a directory.
 */
public final class CheckpointStore {

    private static final Pattern NAME = Pattern.compile("checkpoint-(\\d{1,18})");
    private static final String HIDDEN = ".checkpoint-";
    private static final String PARTIAL = ".partial";
    private static final String UNCHANGED = "earlier checkpoints are unchanged";
    private static final int PROBE_BYTES = 4096;

    private final Path directory;
    private final int keep;

    /**
     * Names a place; nothing is written yet.
     *
     * @param directory holds the checkpoints; made when the first is written
     * @param keep how many to keep, at least 1
     */
    public CheckpointStore(Path directory, int keep) {
        if (keep < 1) {
            throw new PeftException("at least 1 checkpoint must be kept, not " + keep + ".");
        }
        this.directory = directory;
        this.keep = keep;
    }

    /** Returns the directory that holds the checkpoints. */
    public Path directory() {
        return directory;
    }

    /** Returns all complete checkpoints, the oldest step first. */
    public List<Path> all() {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        return list().stream()
                .filter(path -> NAME.matcher(nameOf(path)).matches() && Files.isDirectory(path))
                .sorted(Comparator.comparingLong(CheckpointStore::stepOf))
                .toList();
    }

    /** Returns the newest complete checkpoint. */
    public Optional<Path> latest() {
        List<Path> all = all();
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
    }

    /**
     * Returns the step that a checkpoint was made after.
     *
     * @param checkpoint a directory {@code checkpoint-STEP}
     */
    public static long stepOf(Path checkpoint) {
        Matcher name = NAME.matcher(nameOf(checkpoint));
        if (!name.matches()) {
            throw new BadFileException(
                    checkpoint,
                    "is not named like a checkpoint",
                    "Give a directory checkpoint-STEP, under the name it was saved with");
        }
        return Long.parseLong(name.group(1));
    }

    /**
     * Writes a checkpoint, then removes those that are too many.
     *
     * @param step the last step taken
     * @param content writes the files into an empty directory
     * @return the complete checkpoint
     * @throws BadFileException if it cannot be written; the older ones are unchanged then. What the
     *     content throws comes through.
     */
    public Path write(long step, Consumer<Path> content) {
        Path target = directory.resolve("checkpoint-" + step);
        Path partial = hidden(step);
        try {
            Files.createDirectories(partial);
            content.accept(partial);
            sync(partial);
            if (Files.exists(target)) {
                remove(target);
            }
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
            sync(directory);
            List<Path> all = all();
            for (Path old : all.subList(0, Math.max(0, all.size() - keep))) {
                remove(old);
            }
            return target;
        } catch (UncheckedIOException e) {
            throw Failures.writing(target, Objects.requireNonNull(e.getCause()), UNCHANGED);
        } catch (IOException e) {
            throw Failures.writing(target, e, UNCHANGED);
        } finally {
            discard(partial);
        }
    }

    /**
     * Makes the directory, and in it a directory with a file for a moment, so that a training that
     * could not keep its checkpoints does not begin.
     *
     * @throws BadFileException if that fails
     */
    public void requireWritable() {
        Path partial = hidden(0);
        try {
            if (!Files.isDirectory(directory)) {
                Files.createDirectories(directory);
            }
            Files.createDirectory(partial);
            Files.write(
                    partial.resolve("probe"),
                    new byte[PROBE_BYTES],
                    StandardOpenOption.SYNC,
                    StandardOpenOption.CREATE_NEW);
        } catch (IOException e) {
            throw Failures.writing(directory, e, "no checkpoint could be kept there");
        } finally {
            discard(partial);
        }
    }

    /** Deletes what a process that died left half written. */
    public void clearAbandoned() {
        if (Files.isDirectory(directory)) {
            list().stream()
                    .filter(path -> nameOf(path).startsWith(HIDDEN))
                    .filter(path -> nameOf(path).endsWith(PARTIAL))
                    .forEach(CheckpointStore::discard);
        }
    }

    /** Out of sight first, so that half a checkpoint is never taken for a whole one. */
    private void remove(Path checkpoint) throws IOException {
        Path doomed = hidden(stepOf(checkpoint));
        Files.move(checkpoint, doomed, StandardCopyOption.ATOMIC_MOVE);
        discard(doomed);
    }

    private Path hidden(long step) {
        return directory.resolve(HIDDEN + step + "." + UUID.randomUUID() + PARTIAL);
    }

    private List<Path> list() {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        } catch (IOException | UncheckedIOException e) {
            throw new BadFileException(
                    directory,
                    "cannot be listed: " + e.getMessage(),
                    "Check the permissions of the directory",
                    e);
        }
    }

    /** Best effort: what stays is hidden, and cleared away by the next training. */
    private static void discard(Path tree) {
        if (!Files.exists(tree)) {
            return;
        }
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException e) {
            org.slf4j.LoggerFactory.getLogger(CheckpointStore.class)
                    .warn("{}: a left-over directory could not be removed", tree, e);
        }
    }

    private static void sync(Path directory) {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Windows cannot open a directory and needs no sync.
        }
    }

    private static String nameOf(Path path) {
        Path name = path.getFileName();
        return name == null ? "" : name.toString();
    }
}
