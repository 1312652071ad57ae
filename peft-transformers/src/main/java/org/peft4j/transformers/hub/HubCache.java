package org.peft4j.transformers.hub;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.Set;
import org.peft4j.core.BadFileException;
import org.peft4j.core.files.AtomicFiles;
import org.peft4j.core.files.Failures;
import org.peft4j.core.files.FileBody;
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
        try {
            AtomicFiles.writeFile(ref(revision), FileBody.of(commit));
        } catch (BadFileException e) {
            LOG.warn("{} is not noted in the cache: {}", revision, e.getMessage());
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
        Path parent = file.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        Files.deleteIfExists(file); // a link to a blob that is gone
        if (symbolicLinks && parent != null && linked(file, parent.relativize(blob))) {
            return;
        }
        if (fresh) {
            Files.move(blob, file, StandardCopyOption.ATOMIC_MOVE);
        } else {
            AtomicFiles.writeFile(
                    file, channel -> Files.copy(blob, Channels.newOutputStream(channel)));
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
