package org.peft4j.transformers.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.peft4j.core.BaseModel;
import org.peft4j.core.files.AdapterDirectory;
import org.peft4j.core.files.CheckpointDirectory;
import org.peft4j.fixtures.Fixtures;
import org.peft4j.transformers.Checkpoints;
import org.peft4j.transformers.LoadOptions;

/** What lands in the cache, and what is asked of the hub for it. */
@Timeout(60)
final class HubTest {

    static final Patience PATIENCE =
            new Patience(3, Duration.ofMillis(1), Duration.ofMillis(5), Duration.ofSeconds(20));

    @TempDir Path cache;
    private FakeHub hub;
    private Path folder;

    @BeforeEach
    void start() throws IOException {
        hub = new FakeHub().with(Fixtures.base("llama"));
        folder = cache.resolve("models--org--tiny");
    }

    @AfterEach
    void stop() {
        hub.close();
    }

    @Test
    void laysTheCacheOutAsHuggingFaceDoes() throws IOException {
        Path snapshot = resolve();
        assertEquals(folder.resolve("snapshots").resolve(FakeHub.COMMIT), snapshot);
        assertEquals(FakeHub.COMMIT, Files.readString(folder.resolve("refs").resolve("main")));
        assertEquals(hub.files.keySet(), names(snapshot));
        Set<String> blobs = new TreeSet<>();
        for (String name : hub.files.keySet()) {
            Path blob = folder.resolve("blobs").resolve(hub.hash(name));
            blobs.add(hub.hash(name));
            assertEquals(
                    Path.of("..", "..", "blobs", hub.hash(name)),
                    Files.readSymbolicLink(snapshot.resolve(name)));
            assertTrue(Files.isRegularFile(blob, LinkOption.NOFOLLOW_LINKS), name);
            assertArrayEquals(hub.files.get(name), Files.readAllBytes(blob), name);
        }
        assertEquals(blobs, names(folder.resolve("blobs")));
        assertEquals(Set.of("blobs", "refs", "snapshots"), names(folder));
        Set<String> locks = new TreeSet<>();
        blobs.forEach(blob -> locks.add(blob + ".lock"));
        assertEquals(locks, names(cache.resolve(".locks").resolve("models--org--tiny")));
    }

    @Test
    void opensUnderTheNameOnTheHub() {
        try (BaseModel model =
                Checkpoints.open(FakeHub.REPOSITORY, LoadOptions.defaults(), options())) {
            assertEquals(FakeHub.REPOSITORY, model.info().nameOrPath());
        }
        LoadOptions named = LoadOptions.defaults().withName("mine");
        try (BaseModel model = Checkpoints.open(FakeHub.REPOSITORY, named, options())) {
            assertEquals("mine", model.info().nameOrPath());
        }
    }

    @Test
    void asksForNothingTwice() {
        resolve();
        int before = hub.requests.size();
        resolve();
        assertEquals(
                List.of("/api/models/org/tiny/revision/main"),
                hub.requests.stream().skip(before).map(FakeHub.Request::path).toList());
    }

    @Test
    void findsWhatPythonDownloaded() throws IOException {
        Path snapshot = folder.resolve("snapshots").resolve(FakeHub.COMMIT);
        Files.createDirectories(snapshot);
        Files.createDirectories(folder.resolve("refs"));
        Files.createDirectories(folder.resolve("blobs"));
        Files.createDirectories(folder.resolve("trees"));
        Files.writeString(folder.resolve("refs").resolve("main"), FakeHub.COMMIT);
        Files.writeString(
                cache.resolve("CACHEDIR.TAG"), "Signature: 8a477f597d28d172789f06886806bc55");
        for (String name : hub.files.keySet()) {
            Files.write(blob(name), hub.files.get(name));
            Files.createSymbolicLink(
                    snapshot.resolve(name), Path.of("..", "..", "blobs", hub.hash(name)));
        }
        assertEquals(snapshot, resolve(options().withOffline(true)));
        assertEquals(snapshot, resolve());
        assertEquals(1, hub.requests.size());
        try (BaseModel model =
                Checkpoints.open(
                        FakeHub.REPOSITORY, LoadOptions.defaults(), options().withOffline(true))) {
            assertEquals(FakeHub.REPOSITORY, model.info().nameOrPath());
        }
    }

    @Test
    void fetchesOnlyWhatANewCommitChanged() throws IOException {
        Path old = resolve();
        hub.commit = "f".repeat(40);
        hub.with("generation_config.json", "{\"eos_token_id\": 9}");
        hub.requests.clear();
        Path snapshot = resolve();
        assertEquals("f".repeat(40), snapshot.getFileName().toString());
        assertEquals("f".repeat(40), Files.readString(folder.resolve("refs").resolve("main")));
        assertEquals(1, hub.reads("generation_config.json").size());
        assertEquals(List.of(), hub.reads("model.safetensors"));
        assertTrue(Files.isSameFile(blob("model.safetensors"), old.resolve("model.safetensors")));
        assertEquals(hub.files.keySet(), names(snapshot));
    }

    @Test
    void takesTheShardsOfTheIndexOnly() throws IOException {
        hub.files.clear();
        hub.with(Fixtures.base("llama-sharded"));
        Set<String> needed = new TreeSet<>(hub.files.keySet());
        hub.with("consolidated.safetensors", "other weights");
        Path snapshot = resolve();
        assertEquals(needed, names(snapshot));
        assertEquals(5, CheckpointDirectory.open(snapshot).weightFiles().size());
    }

    @Test
    void takesOneFileOfWeightsRatherThanShards() throws IOException {
        Set<String> needed = new TreeSet<>(hub.files.keySet());
        hub.with("model.safetensors.index.json", "{}")
                .with("model-00001-of-00002.safetensors", "x");
        assertEquals(needed, names(resolve()));
    }

    @Test
    void leavesPicklesCodeAndOtherFormatsAlone() throws IOException {
        Set<String> needed = new TreeSet<>(hub.files.keySet());
        for (String name :
                List.of(
                        "tokenizer.json",
                        "tokenizer_config.json",
                        "chat_template.jinja",
                        "vocab.json",
                        "merges.txt",
                        "added_tokens.json",
                        "tokenizer.model")) {
            hub.with(name, "{}");
            needed.add(name);
        }
        hub.with("additional_chat_templates/tools.jinja", "tools");
        for (String name :
                List.of(
                        "pytorch_model.bin",
                        "model.pt",
                        "modeling_tiny.py",
                        "README.md",
                        "tf_model.h5",
                        "onnx/model.onnx",
                        "onnx/config.json",
                        "original/model.safetensors",
                        "vision/chat_template.jinja")) {
            hub.with(name, "not needed");
        }
        Path snapshot = resolve();
        needed.add("additional_chat_templates");
        assertEquals(needed, names(snapshot));
        assertEquals(
                "tools",
                Files.readString(
                        snapshot.resolve("additional_chat_templates").resolve("tools.jinja")));
        assertEquals(
                Path.of(
                        "..",
                        "..",
                        "..",
                        "blobs",
                        hub.hash("additional_chat_templates/tools.jinja")),
                Files.readSymbolicLink(
                        snapshot.resolve("additional_chat_templates").resolve("tools.jinja")));
    }

    @Test
    void fetchesAdapters() throws IOException {
        hub.files.clear();
        hub.with(Fixtures.adapter("llama-default-targets"));
        Path snapshot = resolve();
        assertEquals(Set.of("adapter_config.json", "adapter_model.safetensors"), names(snapshot));
        assertFalse(AdapterDirectory.open(snapshot).weights().entries().isEmpty());
    }

    @Test
    void fetchesRevisions() throws IOException {
        Path snapshot = resolve(options().withRevision("refs/pr/1"));
        assertEquals(FakeHub.COMMIT, snapshot.getFileName().toString());
        assertEquals(
                FakeHub.COMMIT,
                Files.readString(
                        folder.resolve("refs").resolve("refs").resolve("pr").resolve("1")));
        assertEquals(snapshot, resolve(options().withRevision(FakeHub.COMMIT)));
        assertEquals(Set.of("refs"), names(folder.resolve("refs")));
    }

    @Test
    void givesTheTokenToTheHubOnly() {
        hub.gated = true;
        resolve(options().withToken(FakeHub.TOKEN));
        Set<String> servers = new TreeSet<>();
        for (FakeHub.Request request : hub.requests) {
            boolean isHub = request.server().equals("hub");
            assertEquals(
                    isHub ? Optional.of("Bearer " + FakeHub.TOKEN) : Optional.empty(),
                    request.token(),
                    request.toString());
            servers.add(request.server());
        }
        assertEquals(Set.of("hub", "storage"), servers);
    }

    @Test
    void holdsTheFilesWhereThereAreNoSymbolicLinks() throws IOException {
        Path snapshot = resolve(options().withSymbolicLinks(false));
        for (String name : hub.files.keySet()) {
            assertTrue(
                    Files.isRegularFile(snapshot.resolve(name), LinkOption.NOFOLLOW_LINKS), name);
            assertArrayEquals(hub.files.get(name), Files.readAllBytes(snapshot.resolve(name)));
        }
        assertEquals(Set.of(), names(folder.resolve("blobs")));
        hub.requests.clear();
        resolve(options().withSymbolicLinks(false));
        assertEquals(1, hub.requests.size());
    }

    @Test
    void copiesABlobThatIsAlreadyThereWhereThereAreNoSymbolicLinks() throws IOException {
        resolve();
        hub.commit = "a".repeat(40);
        hub.requests.clear();
        Path snapshot = resolve(options().withSymbolicLinks(false));
        assertEquals(List.of(), hub.reads("model.safetensors"));
        Path weights = snapshot.resolve("model.safetensors");
        assertTrue(Files.isRegularFile(weights, LinkOption.NOFOLLOW_LINKS));
        assertArrayEquals(hub.files.get("model.safetensors"), Files.readAllBytes(weights));
        assertTrue(Files.exists(blob("model.safetensors")));
    }

    @Test
    void mendsALinkToABlobThatIsGone() throws IOException {
        Path snapshot = resolve();
        Files.delete(blob("config.json"));
        resolve();
        assertArrayEquals(
                hub.files.get("config.json"), Files.readAllBytes(snapshot.resolve("config.json")));
    }

    @Test
    void tellsOfTheProgress() throws IOException {
        hub.with("model.safetensors", bytes(300_000));
        List<DownloadProgress> heard = new ArrayList<>();
        List<String> calls = new ArrayList<>();
        DownloadListener listener =
                new DownloadListener() {
                    @Override
                    public void onStart(DownloadProgress progress) {
                        calls.add("start");
                        heard.add(progress);
                    }

                    @Override
                    public void onProgress(DownloadProgress progress) {
                        heard.add(progress);
                    }

                    @Override
                    public void onEnd(DownloadProgress progress) {
                        calls.add("end");
                        heard.add(progress);
                    }
                };
        resolve(options().withListener(listener));
        long total = hub.files.values().stream().mapToLong(content -> content.length).sum();
        assertEquals(0, heard.get(0).bytes());
        assertEquals(total, heard.get(heard.size() - 1).bytes());
        for (DownloadProgress progress : heard) {
            assertEquals(FakeHub.REPOSITORY, progress.repository());
            assertEquals(total, progress.totalBytes());
            assertEquals(hub.files.keySet(), new TreeSet<>(progress.files()));
        }
        assertEquals(List.of("start", "end"), calls);
        resolve(options().withListener(listener));
        assertEquals(List.of("start", "end"), calls);
    }

    @Test
    void threadsShareOneDownload() throws Exception {
        hub.with("model.safetensors", bytes(2_000_000));
        ExecutorService pool = Executors.newFixedThreadPool(6);
        try {
            List<Future<Path>> resolved = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                resolved.add(pool.submit(() -> resolve()));
            }
            for (Future<Path> path : resolved) {
                assertEquals(hub.files.keySet(), names(path.get()));
            }
        } finally {
            pool.shutdownNow();
        }
        for (String name : hub.files.keySet()) {
            assertEquals(1, hub.reads(name).size(), name);
        }
    }

    @Test
    void worksOfflineFromTheCache() {
        Path snapshot = resolve();
        hub.close();
        HubOptions offline = options().withOffline(true);
        assertEquals(snapshot, resolve(offline));
        assertEquals(snapshot, resolve(offline.withRevision(FakeHub.COMMIT)));
    }

    @Test
    void usesTheCacheWhereTheHubIsOutOfReachOrRefuses() {
        Path snapshot = resolve();
        hub.hubFault = FakeHub.status(1, 401, Map.of("X-Error-Code", "RepoNotFound"));
        assertEquals(snapshot, resolve());
        hub.hubFault = FakeHub.status(1, 503, Map.of());
        assertEquals(snapshot, resolve());
        hub.close();
        assertEquals(snapshot, resolve());
    }

    @Test
    void aDirectoryIsItself() throws IOException {
        Path directory = Fixtures.base("llama");
        assertEquals(directory, Hub.resolve(directory.toString(), options(), PATIENCE));
        assertEquals(directory, Checkpoints.resolve(directory.toString()));
        assertEquals(List.of(), hub.requests);
    }

    static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        new Random(1).nextBytes(bytes);
        return bytes;
    }

    static Set<String> names(Path directory) throws IOException {
        try (Stream<Path> list = Files.list(directory)) {
            Set<String> names = new TreeSet<>();
            list.forEach(path -> names.add(path.getFileName().toString()));
            return names;
        }
    }

    private HubOptions options() {
        return hub.options(cache);
    }

    private Path resolve() {
        return resolve(options());
    }

    private Path resolve(HubOptions options) {
        return Hub.resolve(FakeHub.REPOSITORY, options, PATIENCE);
    }

    private Path blob(String name) {
        return folder.resolve("blobs").resolve(hub.hash(name));
    }
}
