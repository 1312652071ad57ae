package org.peft4j.transformers.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.peft4j.core.BadFileException;
import org.peft4j.core.PeftException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings what is needed of one revision of a repository into the cache. */
final class SnapshotDownload {

    private static final Logger LOG = LoggerFactory.getLogger(SnapshotDownload.class);

    private final HubOptions options;
    private final RepositoryName repository;
    private final Patience patience;
    private final HubCache cache;
    private final Cancellation cancellation = new Cancellation();
    private final Parallel parallel = new Parallel(cancellation);

    SnapshotDownload(HubOptions options, RepositoryName repository, Patience patience) {
        this.options = options;
        this.repository = repository;
        this.patience = patience;
        this.cache = new HubCache(options, repository);
    }

    /**
     * Downloads what the cache lacks. Where the hub cannot be reached or refuses, the last complete
     * snapshot of the revision does.
     *
     * @return the directory of the snapshot
     * @throws PeftException if there is no such snapshot and none can be had
     */
    Path run() {
        Optional<Path> cached = cache.complete(options.revision());
        if (options.offline()) {
            return cached.orElseThrow(this::notCached);
        }
        HubApi api = new HubApi(options, repository, patience, cancellation);
        Patience forList = cached.isPresent() ? patience.once() : patience;
        Listing listing;
        try {
            String what = "The list of files of " + repository;
            listing = parallel.map(List.of(what), w -> forList.retry(w, api::list)).get(0);
        } catch (HubUnavailableException e) {
            Path last = cached.orElseThrow(() -> e);
            LOG.warn("{}: using the cache, {}: {}", repository, last, e.getMessage());
            return last;
        }
        download(api, listing);
        cache.setCommit(options.revision(), listing.commit());
        return cache.snapshot(listing.commit());
    }

    private void download(HubApi api, Listing listing) {
        NeededFiles needed = NeededFiles.of(repository, listing);
        String commit = listing.commit();
        List<String> weights = new ArrayList<>(needed.weights());
        needed.index().ifPresent(index -> weights.addAll(shards(api, listing, index)));
        List<String> names = new ArrayList<>(needed.small());
        names.addAll(weights);
        names.addAll(needed.configs());
        names.removeIf(name -> cache.has(commit, name));
        if (names.isEmpty()) {
            return;
        }
        List<RemoteFile> files = describe(api, commit, names);
        requireSpace(files);
        try (Transfer transfer = Transfer.start(options.listener(), repository, files)) {
            // In this order, so that a snapshot with weights has its tokeniser, and one with a
            // config has everything.
            fetch(api, commit, only(files, needed.small()), transfer);
            fetch(api, commit, only(files, weights), transfer);
            fetch(api, commit, only(files, needed.configs()), transfer);
        }
    }

    /** Fetches the index and returns the shards that it lists. */
    private List<String> shards(HubApi api, Listing listing, String index) {
        String commit = listing.commit();
        if (!cache.has(commit, index)) {
            List<RemoteFile> files = describe(api, commit, List.of(index));
            requireSpace(files);
            try (Transfer transfer = Transfer.start(DownloadListener.silent(), repository, files)) {
                fetch(api, commit, files, transfer);
            }
        }
        Path file = cache.snapshot(commit).resolve(index);
        List<String> shards = List.copyOf(ShardIndex.shards(file));
        for (String shard : shards) {
            if (!listing.files().contains(shard)) {
                throw new BadFileException(
                        file,
                        "says that weights are in " + shard + ", which " + repository + " lacks",
                        "Try another revision; this one is incomplete");
            }
        }
        return shards;
    }

    private List<RemoteFile> describe(HubApi api, String commit, List<String> names) {
        return parallel.map(
                names, name -> patience.retry(api.what(name), () -> api.describe(commit, name)));
    }

    private void fetch(HubApi api, String commit, List<RemoteFile> files, Transfer transfer) {
        List<BlobDownload> downloads =
                files.stream()
                        .map(f -> new BlobDownload(api, cache, patience, commit, f, transfer))
                        .toList();
        parallel.map(
                downloads,
                download -> {
                    download.run();
                    return download;
                });
    }

    private static List<RemoteFile> only(List<RemoteFile> files, List<String> names) {
        return files.stream().filter(file -> names.contains(file.name())).toList();
    }

    private void requireSpace(List<RemoteFile> files) {
        long needed = files.stream().mapToLong(cache::lacking).sum();
        @Nullable Path there = cache.folder();
        while (there != null && !Files.exists(there)) {
            there = there.getParent();
        }
        if (there == null) {
            return;
        }
        try {
            long free = Files.getFileStore(there).getUsableSpace();
            if (free < needed) {
                throw new BadFileException(
                        cache.folder(),
                        "has %.1f GB of free space on its disk, but %s needs %.1f GB more"
                                .formatted(free / 1e9, repository, needed / 1e9),
                        "Free space there, or set HF_HUB_CACHE to a directory on another disk");
            }
        } catch (IOException e) {
            LOG.debug("{}: the free space is not known", there, e);
        }
    }

    private PeftException notCached() {
        return new PeftException(
                repository
                        + " at revision "
                        + options.revision()
                        + " is not, or not completely, in the cache "
                        + cache.folder()
                        + ", and offline mode forbids to download it. Unset HF_HUB_OFFLINE, or"
                        + " download it where there is a network and copy that folder here.");
    }
}
