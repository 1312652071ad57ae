package org.peft4j.transformers.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.peft4j.core.PeftException;
import org.peft4j.fixtures.Fixtures;

/** Networks, servers and processes that break in the middle. */
@Timeout(120)
final class BrokenDownloadTest {

    private static final String WEIGHTS = "model.safetensors";
    private static final int SIZE = 4 << 20;
    private static final byte[] CONTENT = HubTest.bytes(SIZE);

    @TempDir Path cache;
    private FakeHub hub;

    @BeforeEach
    void start() throws IOException {
        hub = new FakeHub().with(Fixtures.base("llama")).with(WEIGHTS, CONTENT);
    }

    @AfterEach
    void stop() {
        hub.close();
    }

    @Test
    void goesOnWhereTheConnectionBroke() throws IOException {
        // Each attempt brings something new, so more of them fail than the patience has.
        hub.faults.put(WEIGHTS, FakeHub.cut(5, 700_000));
        assertContent(resolve());
        List<FakeHub.Request> reads = hub.reads(WEIGHTS);
        assertEquals(6, reads.size());
        assertEquals("", reads.get(0).range());
        long last = 0;
        for (FakeHub.Request read : reads.subList(1, reads.size())) {
            long from = Long.parseLong(read.range().replaceAll("\\D", ""));
            assertTrue(from > last && from <= SIZE, read.range());
            last = from;
        }
    }

    @Test
    void aLaterDownloadGoesOnToo() throws IOException {
        hub.faults.put(WEIGHTS, FakeHub.cut(1, 1_000_000));
        HubRefused.because(
                "model.safetensors of org/tiny at",
                () -> Hub.resolve(FakeHub.REPOSITORY, options(), HubTest.PATIENCE.once()));
        assertTrue(Files.size(partial()) > 0);
        assertFalse(Files.exists(blob()));
        HubRefused.because("offline mode", () -> resolve(options().withOffline(true)));
        long kept = Files.size(partial());
        assertContent(resolve());
        assertEquals("bytes=" + kept + "-", hub.reads(WEIGHTS).get(1).range());
        assertFalse(Files.exists(partial()));
    }

    @Test
    void startsAgainWhereTheServerKnowsNoRanges() throws IOException {
        writePartial(Arrays.copyOf(CONTENT, 1000));
        hub.faults.put(
                WEIGHTS,
                (exchange, content) -> {
                    exchange.getResponseHeaders().remove("Content-Range");
                    exchange.sendResponseHeaders(200, content.length);
                    exchange.getResponseBody().write(content);
                    return true;
                });
        assertContent(resolve());
        assertEquals(List.of("bytes=1000-"), ranges());
    }

    @Test
    void startsAgainWhereTheServerGivesAnotherRange() throws IOException {
        writePartial(Arrays.copyOf(CONTENT, 1000));
        FakeHub.Fault once = FakeHub.status(1, 206, Map.of("Content-Range", "bytes 7-9/99"));
        hub.faults.put(WEIGHTS, once);
        assertContent(resolve());
        assertEquals(List.of("bytes=1000-", ""), ranges());
    }

    @Test
    void startsAgainWhereThePartIsNotSatisfiable() throws IOException {
        writePartial(Arrays.copyOf(CONTENT, 1000));
        hub.faults.put(WEIGHTS, FakeHub.status(1, 416, Map.of()));
        assertContent(resolve());
        assertEquals(List.of("bytes=1000-", ""), ranges());
    }

    @Test
    void startsAgainWhereThePartIsDamaged() throws IOException {
        writePartial(new byte[1000]);
        assertContent(resolve());
        assertEquals(List.of("bytes=1000-", ""), ranges());
    }

    @Test
    void takesAPartThatIsWholeAndDropsOneThatIsTooLong() throws IOException {
        writePartial(CONTENT);
        assertContent(resolve());
        assertEquals(List.of(), ranges());
        Files.delete(blob());
        writePartial(Arrays.copyOf(CONTENT, SIZE + 1));
        assertContent(resolve());
    }

    @Test
    void triesAgainWhenTheHubIsBusy() throws IOException {
        for (int status : new int[] {408, 429, 500, 502, 503, 504}) {
            hub.requests.clear();
            hub.hubFault = FakeHub.status(2, status, Map.of("Retry-After", "3600"));
            resolve(options().withCache(cache.resolve("status-" + status)));
            assertEquals(
                    3,
                    hub.requests.stream().filter(r -> r.path().contains("/api/models/")).count());
        }
        hub.faults.put(WEIGHTS, FakeHub.status(2, 503, Map.of()));
        assertContent(resolve());
    }

    @Test
    void givesUpWhenTheHubStaysBusy() {
        hub.hubFault = FakeHub.status(99, 503, Map.of());
        HubRefused.because("status 503 (3 attempts)", this::resolve);
        assertEquals(3, hub.requests.size());
    }

    @Test
    void asksTheHubAgainWhenTheAddressOfTheStorageHasRunOut() throws IOException {
        hub.faults.put(WEIGHTS, FakeHub.status(1, 403, Map.of()));
        assertContent(resolve());
    }

    @Test
    void givesUpOnAServerThatFallsSilent() {
        CountDownLatch never = new CountDownLatch(1);
        FakeHub.Fault silent =
                (exchange, content) -> {
                    exchange.sendResponseHeaders(200, content.length);
                    exchange.getResponseBody().write(content, 0, 100);
                    exchange.getResponseBody().flush();
                    await(never);
                    return true;
                };
        hub.faults.put(WEIGHTS, silent);
        Patience patience = new Patience(2, Duration.ZERO, Duration.ZERO, Duration.ofMillis(300));
        HubRefused.because(
                "nothing arrived for 300 ms",
                () -> Hub.resolve(FakeHub.REPOSITORY, options(), patience));
        hub.hubFault =
                (exchange, content) -> {
                    await(never);
                    return true;
                };
        HubRefused.because(
                "no answer for 300 ms", () -> Hub.resolve(FakeHub.REPOSITORY, options(), patience));
    }

    /** A byte now and then is a sign of life, but no download. */
    @Test
    void givesUpOnAServerThatTrickles() {
        hub.faults.put(WEIGHTS, (exchange, content) -> trickle(exchange, content, 20));
        Patience patience = new Patience(1, Duration.ZERO, Duration.ZERO, Duration.ofMillis(400));
        HubRefused.because(
                "bytes arrived in", () -> Hub.resolve(FakeHub.REPOSITORY, options(), patience));
        hub.hubFault = (exchange, content) -> trickle(exchange, new byte[1 << 20], 20);
        HubRefused.because(
                "bytes arrived in", () -> Hub.resolve(FakeHub.REPOSITORY, options(), patience));
    }

    private static boolean trickle(HttpExchange exchange, byte[] content, int pauseMillis)
            throws IOException {
        exchange.sendResponseHeaders(200, content.length);
        for (byte one : content) {
            exchange.getResponseBody().write(one);
            exchange.getResponseBody().flush();
            try {
                Thread.sleep(pauseMillis);
            } catch (InterruptedException e) {
                throw new InterruptedIOException();
            }
        }
        return true;
    }

    /** Whatever it waits for: the bytes of a body, an answer, or the next attempt. */
    @ParameterizedTest
    @ValueSource(strings = {"body", "silent body", "answer", "list", "pause"})
    void hearsOfAnInterruptWithinASecond(String waiting) throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        FakeHub.Fault silent =
                (exchange, content) -> {
                    await(never);
                    return true;
                };
        switch (waiting) {
            case "body" -> hub.faults.put(WEIGHTS, (e, content) -> trickle(e, content, 50));
            case "silent body" ->
                    hub.faults.put(
                            WEIGHTS,
                            (exchange, content) -> {
                                exchange.sendResponseHeaders(200, content.length);
                                exchange.getResponseBody().write(content, 0, 100);
                                exchange.getResponseBody().flush();
                                return silent.answer(exchange, content);
                            });
            case "answer" -> hub.faults.put(WEIGHTS, silent);
            case "list" -> hub.hubFault = (e, content) -> trickle(e, new byte[1 << 20], 50);
            default -> hub.hubFault = (e, content) -> busy(e, "300");
        }
        Patience patience =
                new Patience(
                        5, Duration.ofSeconds(1), Duration.ofMinutes(5), Duration.ofSeconds(30));
        Thread caller = Thread.currentThread();
        Thread interrupter =
                new Thread(
                        () -> {
                            try {
                                Thread.sleep(700);
                            } catch (InterruptedException e) {
                                return;
                            }
                            caller.interrupt();
                        });
        long start = System.nanoTime();
        interrupter.start();
        HubRefused.because(
                "interrupted", () -> Hub.resolve(FakeHub.REPOSITORY, options(), patience));
        assertTrue(Thread.interrupted(), "the flag stays");
        interrupter.join();
        assertTrue(System.nanoTime() - start < Duration.ofSeconds(10).toNanos(), waiting);
        never.countDown();
    }

    private static boolean busy(HttpExchange exchange, String seconds) throws IOException {
        exchange.getResponseHeaders().set("Retry-After", seconds);
        exchange.sendResponseHeaders(429, -1);
        return true;
    }

    /** The second time no longer in full. */
    @Test
    void aServerThatAsksAgainAndAgainIsNotWaitedForEndlessly() {
        Patience patience =
                new Patience(
                        5, Duration.ofSeconds(1), Duration.ofMinutes(5), Duration.ofSeconds(30));
        BusyException busy = new BusyException("busy", Duration.ofSeconds(250));
        assertEquals(Duration.ofSeconds(250), patience.pause(1, busy));
        for (int failures = 2; failures < 5; failures++) {
            assertEquals(Duration.ofSeconds(10), patience.pause(failures, busy));
        }
    }

    /** Without a size, nobody would know when to stop. */
    @Test
    void aBodyWithoutAnEndIsRefused() {
        hub.announcedSizes.put("generation_config.json", -1L);
        hub.faults.put(
                "generation_config.json",
                (exchange, content) -> {
                    exchange.sendResponseHeaders(200, 0); // chunked
                    byte[] block = new byte[1 << 20];
                    for (int i = 0; i < 300; i++) {
                        exchange.getResponseBody().write(block);
                    }
                    return true;
                });
        HubRefused.because("comes without its size", this::resolve);
    }

    @Test
    void aServersWordsAreCutAndCleaned() {
        hub.hubFault =
                (exchange, content) -> {
                    exchange.getResponseHeaders()
                            .set("X-Error-Message", "no\u001b[2J" + "x".repeat(5000));
                    exchange.sendResponseHeaders(403, -1);
                    return true;
                };
        PeftException refused = assertThrows(PeftException.class, this::resolve);
        String message = String.valueOf(refused.getMessage());
        assertTrue(message.length() < 2000, message);
        assertTrue(message.chars().noneMatch(Character::isISOControl), message);
    }

    @Test
    void refusesAWrongHash() {
        hub.announcedHashes.put("generation_config.json", "0".repeat(40));
        HubRefused.because("another content than the hub announced", this::resolve);
        assertNothingIsLeft("0".repeat(40));
        hub.announcedHashes.clear();
        hub.announcedHashes.put(WEIGHTS, "0".repeat(64));
        HubRefused.because("another content than the hub announced", this::resolve);
        assertNothingIsLeft("0".repeat(64));
    }

    @Test
    void refusesAWrongSize() {
        hub.announcedSizes.put(WEIGHTS, SIZE - 1L);
        HubRefused.because("longer than the " + (SIZE - 1) + " bytes", this::resolve);
        assertFalse(Files.exists(blob()));
        hub.announcedSizes.put(WEIGHTS, SIZE + 1L);
        HubRefused.because("of " + (SIZE + 1) + " bytes", this::resolve);
        assertFalse(Files.exists(blob()));
        HubRefused.because("offline mode", () -> resolve(options().withOffline(true)));
    }

    @Test
    void saysThatTheDiskIsTooSmallBeforeItFills() {
        hub.announcedSizes.put(WEIGHTS, 900_000_000_000_000L);
        HubRefused.because("needs 900000.0 GB", this::resolve);
        assertEquals(List.of(), hub.reads(WEIGHTS));
    }

    @Test
    void countsWhatIsAlreadyThereAsSpace() throws IOException {
        HubCache files =
                new HubCache(options(), RepositoryName.of(FakeHub.REPOSITORY).orElseThrow());
        Etag etag = Etag.parse(hub.hash(WEIGHTS)).orElseThrow();
        RemoteFile weights = new RemoteFile(WEIGHTS, etag, OptionalLong.of(SIZE));
        assertEquals(SIZE, files.lacking(weights));
        writePartial(Arrays.copyOf(CONTENT, 1000));
        assertEquals(SIZE - 1000, files.lacking(weights));
        assertEquals(0, files.lacking(new RemoteFile(WEIGHTS, etag, OptionalLong.empty())));
        resolve();
        assertEquals(0, files.lacking(weights));
    }

    @Test
    void anInterruptedThreadStops() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        hub.faults.put(
                WEIGHTS,
                (exchange, content) -> {
                    exchange.sendResponseHeaders(200, content.length);
                    exchange.getResponseBody().flush();
                    begun.countDown();
                    await(never);
                    return true;
                });
        Thread thread =
                new Thread(
                        () -> {
                            HubRefused.because("interrupted", this::resolve);
                            assertTrue(Thread.currentThread().isInterrupted());
                        });
        Throwable[] failure = new Throwable[1];
        thread.setUncaughtExceptionHandler((t, e) -> failure[0] = e);
        thread.start();
        begun.await();
        thread.interrupt();
        thread.join();
        assertEquals(null, failure[0]);
        hub.faults.clear();
        assertContent(resolve());
    }

    @Test
    void aKilledProcessLeavesNothingThatCountsAsComplete() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        hub.faults.put(
                WEIGHTS,
                (exchange, content) -> {
                    exchange.sendResponseHeaders(200, content.length);
                    exchange.getResponseBody().write(content, 0, SIZE / 2);
                    exchange.getResponseBody().flush();
                    await(never);
                    return true;
                });
        Process process = ResolveProcess.start(options(), cache);
        try {
            while (!Files.exists(partial()) || Files.size(partial()) < SIZE / 4) {
                assertTrue(process.isAlive(), "the download should be under way");
                Thread.sleep(10);
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        HubRefused.because("offline mode", () -> resolve(options().withOffline(true)));
        long kept = Files.size(partial());
        hub.faults.clear();
        hub.requests.clear();
        assertContent(resolve());
        assertEquals(List.of("bytes=" + kept + "-"), ranges());
    }

    @Test
    void processesShareOneDownload() throws Exception {
        List<Process> processes =
                List.of(
                        ResolveProcess.start(options(), cache),
                        ResolveProcess.start(options(), cache));
        try {
            for (Process process : processes) {
                assertEquals(0, process.waitFor());
            }
        } finally {
            processes.forEach(Process::destroyForcibly);
        }
        assertContent(resolve());
        for (String name : hub.files.keySet()) {
            assertEquals(1, hub.reads(name).size(), name);
        }
    }

    private HubOptions options() {
        return hub.options(cache);
    }

    private Path resolve() {
        return resolve(options());
    }

    private Path resolve(HubOptions options) {
        return Hub.resolve(FakeHub.REPOSITORY, options, HubTest.PATIENCE);
    }

    private static void assertContent(Path snapshot) throws IOException {
        assertArrayEquals(CONTENT, Files.readAllBytes(snapshot.resolve(WEIGHTS)));
    }

    private void assertNothingIsLeft(String hash) {
        assertFalse(Files.exists(blobs().resolve(hash)));
        assertFalse(Files.exists(blobs().resolve(hash + ".peft4j.incomplete")));
        HubRefused.because("offline mode", () -> resolve(options().withOffline(true)));
    }

    private List<String> ranges() {
        return hub.reads(WEIGHTS).stream().map(FakeHub.Request::range).toList();
    }

    private Path blobs() {
        return cache.resolve("models--org--tiny").resolve("blobs");
    }

    private Path blob() {
        return blobs().resolve(hub.hash(WEIGHTS));
    }

    private Path partial() {
        return blobs().resolve(hub.hash(WEIGHTS) + ".peft4j.incomplete");
    }

    private void writePartial(byte[] bytes) throws IOException {
        Files.createDirectories(blobs());
        Files.write(partial(), bytes, StandardOpenOption.CREATE_NEW);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
