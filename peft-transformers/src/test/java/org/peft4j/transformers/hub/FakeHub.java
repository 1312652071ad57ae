package org.peft4j.transformers.hub;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A hub with one repository, {@value #REPOSITORY}, on two servers: the hub itself, and the storage
 * host that large files are redirected to. Answers as huggingface.co does, and can be told to
 * misbehave.
 */
final class FakeHub implements AutoCloseable {

    static final String REPOSITORY = "org/tiny";
    static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    /** Where the hub redirects to for small files, on itself. */
    static final String RESOLVED = "/api/resolve-cache/models/org/tiny/";

    static final String TOKEN = "hf_secret";

    /** A request as it arrived. */
    record Request(
            String server, String method, String path, Optional<String> token, String range) {}

    /** Misbehaves in place of the answer; returns false to answer as usual. */
    interface Fault {
        boolean answer(HttpExchange exchange, byte[] content) throws IOException;
    }

    final List<Request> requests = new CopyOnWriteArrayList<>();

    /** Content by name. */
    final Map<String, byte[]> files = new TreeMap<>();

    /** What the list of files holds beside the names of the files. */
    final List<String> furtherNames = new CopyOnWriteArrayList<>();

    /** What happens when the content of a file is asked for, by name. */
    final Map<String, Fault> faults = new ConcurrentHashMap<>();

    /** What happens when anything is asked of the hub. */
    volatile Fault hubFault = (exchange, content) -> false;

    /** The size that the hub announces, where it is not that of the content; -1 for none. */
    final Map<String, Long> announcedSizes = new ConcurrentHashMap<>();

    /** The hash that the hub announces, where it is not that of the content. */
    final Map<String, String> announcedHashes = new ConcurrentHashMap<>();

    volatile String commit = COMMIT;
    volatile boolean gated;

    private final HttpServer hub = server();
    private final HttpServer storage = server();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    FakeHub() throws IOException {
        hub.createContext("/", exchange -> handle("hub", exchange));
        storage.createContext("/", exchange -> handle("storage", exchange));
        for (HttpServer server : List.of(hub, storage)) {
            server.setExecutor(threads);
            server.start();
        }
    }

    /** Publishes the files of a directory. */
    FakeHub with(Path directory) throws IOException {
        try (Stream<Path> list = Files.list(directory)) {
            for (Path file : list.toList()) {
                files.put(file.getFileName().toString(), Files.readAllBytes(file));
            }
        }
        return this;
    }

    FakeHub with(String name, byte[] content) {
        files.put(name, content);
        return this;
    }

    FakeHub with(String name, String content) {
        return with(name, content.getBytes(StandardCharsets.UTF_8));
    }

    HubOptions options(Path cache) {
        return HubOptions.fromEnvironment(
                Map.of(
                        "HF_ENDPOINT",
                        uri(hub).toString(),
                        "HF_HUB_CACHE",
                        cache.toString(),
                        "HF_TOKEN_PATH",
                        cache.resolve("no-token").toString(),
                        "HF_HUB_DISABLE_PROGRESS_BARS",
                        "1"));
    }

    /** Returns the requests for the content of a file. */
    List<Request> reads(String name) {
        return requests.stream()
                .filter(r -> r.method().equals("GET") && r.path().endsWith("/" + name))
                .filter(r -> r.server().equals("storage") || r.path().startsWith(RESOLVED))
                .toList();
    }

    String hash(String name) {
        return isLarge(name) ? sha256(content(name)) : gitHash(content(name));
    }

    /** Answers the first times with a status. */
    static Fault status(int times, int status, Map<String, String> headers) {
        AtomicInteger left = new AtomicInteger(times);
        return (exchange, content) -> {
            if (left.getAndDecrement() <= 0) {
                return false;
            }
            headers.forEach(exchange.getResponseHeaders()::set);
            exchange.sendResponseHeaders(status, -1);
            return true;
        };
    }

    /** Cuts the connection the first times, after some bytes of what was asked for. */
    static Fault cut(int times, int after) {
        AtomicInteger left = new AtomicInteger(times);
        return (exchange, content) -> {
            if (left.getAndDecrement() <= 0) {
                return false;
            }
            int start = start(exchange);
            exchange.sendResponseHeaders(start == 0 ? 200 : 206, content.length - start);
            OutputStream body = exchange.getResponseBody();
            body.write(content, start, Math.min(after, content.length - start));
            body.flush();
            return true; // closing the exchange before its end closes the connection
        };
    }

    @Override
    public void close() {
        hub.stop(0);
        storage.stop(0);
        threads.shutdownNow();
        try {
            threads.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void handle(String server, HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getRawPath();
            requests.add(
                    new Request(
                            server,
                            exchange.getRequestMethod(),
                            path,
                            header(exchange, "Authorization"),
                            header(exchange, "Range").orElse("")));
            if (server.equals("storage")) {
                send(exchange, path.substring(1));
            } else if (!hubFault.answer(exchange, new byte[0])) {
                answer(exchange, path);
            }
        }
    }

    private void answer(HttpExchange exchange, String path) throws IOException {
        String list = "/api/models/" + REPOSITORY + "/revision/";
        String resolve = "/" + REPOSITORY + "/resolve/";
        boolean allowed = header(exchange, "Authorization").isPresent() || !gated;
        if (path.startsWith(list)) {
            list(exchange, path.substring(list.length()));
        } else if (!path.startsWith(resolve) && !path.startsWith(RESOLVED)) {
            refuse(exchange, 401, "RepoNotFound");
        } else if (!allowed) {
            refuse(exchange, 401, "GatedRepo");
        } else if (path.startsWith(RESOLVED)) {
            sendSmall(exchange, path.substring(RESOLVED.length()));
        } else {
            String[] parts = path.substring(resolve.length()).split("/", 2);
            resolve(exchange, parts[0], parts[1]);
        }
    }

    private void list(HttpExchange exchange, String revision) throws IOException {
        if (!List.of("main", "refs%2Fpr%2F1", commit).contains(revision)) {
            refuse(exchange, 404, "RevisionNotFound");
            return;
        }
        JsonArray siblings = new JsonArray();
        Stream.concat(files.keySet().stream(), furtherNames.stream())
                .forEach(
                        name -> {
                            JsonObject sibling = new JsonObject();
                            sibling.addProperty("rfilename", name);
                            siblings.add(sibling);
                        });
        JsonObject list = new JsonObject();
        list.addProperty("id", REPOSITORY);
        list.addProperty("sha", commit);
        list.add("siblings", siblings);
        byte[] json = list.toString().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, json.length);
        exchange.getResponseBody().write(json);
    }

    private void resolve(HttpExchange exchange, String revision, String name) throws IOException {
        if (!List.of("main", commit).contains(revision) || !files.containsKey(name)) {
            refuse(exchange, 404, "EntryNotFound");
            return;
        }
        String hash = announcedHashes.getOrDefault(name, hash(name));
        exchange.getResponseHeaders().set("X-Repo-Commit", commit);
        if (isLarge(name)) {
            long size = announcedSizes.getOrDefault(name, (long) content(name).length);
            exchange.getResponseHeaders().set("X-Linked-Etag", "\"" + hash + "\"");
            exchange.getResponseHeaders().set("X-Linked-Size", Long.toString(size));
            exchange.getResponseHeaders().set("Location", uri(storage) + "/" + name);
            exchange.sendResponseHeaders(302, -1);
        } else {
            exchange.getResponseHeaders().set("Location", RESOLVED + name);
            exchange.sendResponseHeaders(307, -1);
        }
    }

    private void sendSmall(HttpExchange exchange, String name) throws IOException {
        String hash = announcedHashes.getOrDefault(name, hash(name));
        exchange.getResponseHeaders().set("X-Repo-Commit", commit);
        exchange.getResponseHeaders().set("ETag", "W/\"" + hash + "\"");
        send(exchange, name);
    }

    private void send(HttpExchange exchange, String name) throws IOException {
        byte[] content = content(name);
        boolean head = exchange.getRequestMethod().equals("HEAD");
        if (head) {
            long size = announcedSizes.getOrDefault(name, (long) content.length);
            if (size >= 0) {
                exchange.getResponseHeaders().set("Content-Length", Long.toString(size));
            }
            exchange.sendResponseHeaders(200, -1);
            return;
        }
        Fault fault = faults.getOrDefault(name, (e, c) -> false);
        int start = start(exchange);
        if (start > 0) {
            exchange.getResponseHeaders()
                    .set(
                            "Content-Range",
                            "bytes %d-%d/%d".formatted(start, content.length - 1, content.length));
        }
        if (fault.answer(exchange, content)) {
            return;
        }
        exchange.sendResponseHeaders(
                start == 0 ? 200 : 206, content.length == start ? -1 : content.length - start);
        exchange.getResponseBody().write(content, start, content.length - start);
    }

    private void refuse(HttpExchange exchange, int status, String code) throws IOException {
        exchange.getResponseHeaders().set("X-Error-Code", code);
        exchange.getResponseHeaders().set("X-Error-Message", "No " + code);
        exchange.sendResponseHeaders(status, -1);
    }

    private byte[] content(String name) {
        byte[] content = files.get(name);
        if (content == null) {
            throw new IllegalArgumentException("there is no " + name);
        }
        return content;
    }

    static boolean isLarge(String name) {
        return name.endsWith(".safetensors");
    }

    private static int start(HttpExchange exchange) {
        return header(exchange, "Range")
                .map(range -> Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1")))
                .orElse(0);
    }

    private static Optional<String> header(HttpExchange exchange, String name) {
        return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name));
    }

    private static HttpServer server() {
        try {
            return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static URI uri(HttpServer server) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private static String sha256(byte[] content) {
        return HexFormat.of().formatHex(digest("SHA-256").digest(content));
    }

    /** As {@code git hash-object} does. */
    private static String gitHash(byte[] content) {
        MessageDigest digest = digest("SHA-1");
        digest.update(("blob " + content.length + "\0").getBytes(StandardCharsets.US_ASCII));
        return HexFormat.of().formatHex(digest.digest(content));
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
