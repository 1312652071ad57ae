package org.peft4j.transformers.hub;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.peft4j.core.files.Failures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One repository in Hugging Face's cache; see the package for the layout. */
final class HubCache {

    private static final Logger LOG = LoggerFactory.getLogger(HubCache.class);

    private final Path folder;
    private final Path locks;
    private final boolean symbolicLinks;

    HubCache(HubOptions options, RepositoryName repository) {
        Path cache = options.cache().toAbsolutePath().normalize();
        this.folder = cache.resolve(repository.folder());
        this.locks = cache.resolve(".locks").resolve(repository.folder());
        this.symbolicLinks = options.symbolicLinks();
    }

    Path folder() {
        return folder;
    }

    /** Returns where a blob lies, or will lie once it is complete. */
    Path blob(Etag etag) {
        return folder.resolve("blobs").resolve(etag.hex());
    }

    /** Returns where a download gathers a blob; it stays when the download breaks off. */
    Path partial(Etag etag) {
        return part(etag.hex(), "peft4j");
    }

    /** The same for a single attempt, where the file system has no locks. */
    Path partialOfOneself(Etag etag) {
        return part(etag.hex(), unique());
    }

    /** Returns how many bytes of a file are still to come; 0 if its size is not known. */
    long lacking(RemoteFile file) {
        if (Files.isRegularFile(blob(file.etag()))) {
            return 0;
        }
        long there = partial(file.etag()).toFile().length();
        return Math.max(0, file.size().orElse(0) - there);
    }

    Path lock(Etag etag) {
        return locks.resolve(etag.hex() + ".lock");
    }

    Path snapshot(String commit) {
        return folder.resolve("snapshots").resolve(commit);
    }

    /** Returns whether a snapshot holds a file; a link that leads nowhere does not count. */
    boolean has(String commit, String name) {
        return Files.isRegularFile(snapshot(commit).resolve(name));
    }

    /** Returns the commit that a revision was when it was last fetched. */
    Optional<String> commit(String revision) {
        if (Listing.isCommit(revision)) {
            return Optional.of(revision);
        }
        Path ref = ref(revision);
        if (!Files.isRegularFile(ref)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Files.readString(ref).strip()).filter(Listing::isCommit);
        } catch (IOException e) {
            throw Failures.reading(ref, e);
        }
    }

    /** Notes which commit a branch or tag is; a cache that cannot be written stays as it is. */
    void setCommit(String revision, String commit) {
        if (commit(revision).filter(commit::equals).isPresent()) {
            return;
        }
        Path ref = ref(revision);
        try {
            put(ref, "ref", part -> Files.writeString(part, commit));
        } catch (IOException e) {
            LOG.warn("{}: the commit of {} is not noted", ref, revision, e);
        }
    }

    /** Returns the complete snapshot of a revision, if there is one. */
    Optional<Path> complete(String revision) {
        return commit(revision).map(this::snapshot).filter(HubCache::isComplete);
    }

    /**
     * Puts a blob into a snapshot.
     *
     * @param fresh whether the blob was made for this snapshot, which may then have it for itself
     */
    void link(Path blob, String commit, String name, boolean fresh) throws IOException {
        Path file = snapshot(commit).resolve(name);
        if (has(commit, name)) {
            return;
        }
        Files.createDirectories(parent(file));
        Files.deleteIfExists(file); // a link to a blob that is gone
        if (symbolicLinks && linked(file, parent(file).relativize(blob))) {
            return;
        }
        if (fresh) {
            Files.move(blob, file, StandardCopyOption.ATOMIC_MOVE);
        } else {
            put(file, String.valueOf(blob.getFileName()), part -> Files.copy(blob, part));
        }
    }

    /** What makes a file. */
    private interface Writer {
        void write(Path file) throws IOException;
    }

    /** Makes a file among the blobs, where Python looks for broken downloads, and renames it. */
    private void put(Path file, String stem, Writer writer) throws IOException {
        Path part = part(stem, unique());
        Files.createDirectories(parent(part));
        Files.createDirectories(parent(file));
        try {
            writer.write(part);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static boolean linked(Path file, Path target) {
        try {
            Files.createSymbolicLink(file, target);
            return true;
        } catch (FileAlreadyExistsException e) {
            return true; // another program was faster
        } catch (IOException | UnsupportedOperationException e) {
            LOG.debug("{}: no symbolic links here", file, e);
            return false;
        }
    }

    private Path part(String stem, String writer) {
        return folder.resolve("blobs").resolve(stem + "." + writer + ".incomplete");
    }

    private static String unique() {
        return UUID.randomUUID().toString().substring(0, 8);
    }

    private static Path parent(Path file) {
        return Objects.requireNonNull(file.getParent(), "nothing is put into the root");
    }

    private Path ref(String revision) {
        return folder.resolve("refs").resolve(revision);
    }

    /**
     * Configs come last, so weights and a config mean that everything is there, unless somebody
     * else fetched single files.
     */
    private static boolean isComplete(Path snapshot) {
        boolean base = has(snapshot, NeededFiles.CONFIG) && hasWeights(snapshot);
        boolean adapter =
                has(snapshot, NeededFiles.ADAPTER_CONFIG)
                        && has(snapshot, NeededFiles.ADAPTER_WEIGHTS);
        return base || adapter;
    }

    private static boolean hasWeights(Path snapshot) {
        if (has(snapshot, NeededFiles.WEIGHTS)) {
            return true;
        }
        Optional<Path> index = index(snapshot);
        if (index.isEmpty()) {
            return false;
        }
        Set<String> shards = ShardIndex.shards(index.get());
        return !shards.isEmpty() && shards.stream().allMatch(shard -> has(snapshot, shard));
    }

    private static Optional<Path> index(Path snapshot) {
        if (has(snapshot, ShardIndex.NAME)) {
            return Optional.of(snapshot.resolve(ShardIndex.NAME));
        }
        try (var files = Files.list(snapshot)) {
            return files.filter(f -> f.toString().endsWith(ShardIndex.ENDING)).findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static boolean has(Path snapshot, String name) {
        return Files.isRegularFile(snapshot.resolve(name));
    }
}
